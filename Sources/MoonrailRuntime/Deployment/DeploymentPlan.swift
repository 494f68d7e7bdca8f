import MoonrailCore

/// What follows from a look at the functions directory, given what was tried before. A pure value.
package struct DeploymentPlan: Hashable, Sendable {
    /// Functions whose files are others than those that were tried last, in the order of names.
    package private(set) var examined: [FunctionName] = []
    /// Functions whose scripts are gone, in the order of names.
    package private(set) var removed: [FunctionName] = []
    /// New names whose scripts have the very content of one that is gone, and that one's name: a
    /// function would begin anew that was only to be called otherwise.
    package private(set) var renamed: [FunctionName: FunctionName] = [:]

    /// - Parameters:
    ///   - tried: what each function's files were when it was tried last, deployed or not.
    ///   - recorded: the scripts of functions that were deployed and not removed since.
    ///   - present: what each function's files are now.
    package init(
        tried: [FunctionName: FunctionFingerprint], recorded: [FunctionName: ContentHash],
        present: [FunctionName: FunctionFingerprint]
    ) {
        examined = present.filter { tried[$0.key] != $0.value }.map(\.key).sorted()
        removed = Set(tried.keys).union(recorded.keys).filter { present[$0] == nil }.sorted()
        var gone = removed.compactMap { name in recorded[name].map { (name, $0) } }
        for name in examined where tried[name] == nil && recorded[name] == nil {
            guard let index = gone.firstIndex(where: { $0.1 == present[name]?.script }) else {
                continue
            }
            renamed[name] = gone.remove(at: index).0
        }
    }
}
