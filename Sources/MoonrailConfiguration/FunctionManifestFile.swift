import MoonrailCore

/// The `memphis.yaml` beside a function, as Memphis Functions has it.
package enum FunctionManifestFile {
    /// Reads what it says of its function. What means nothing here becomes a notice.
    ///
    /// - Parameter file: as messages name it.
    /// - Throws: all that is wrong in the file, each with its line.
    package static func manifest(
        of bytes: [UInt8], file: String
    ) throws(ConfigurationError) -> FunctionManifest {
        var problems: [SettingsProblem] = []
        var manifest = FunctionManifest(file: file)
        do throws(SettingsProblem) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw SettingsProblem("it is not UTF-8 text")
            }
            let document = try YAMLDocument(text, problems: &problems)
            for entry in document.root.entries("the file", problems: &problems) {
                read(entry, into: &manifest, problems: &problems)
            }
        } catch {
            problems.append(error)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems, in: file) }
        return manifest
    }

    private static func read(
        _ entry: SettingsNode.Entry, into manifest: inout FunctionManifest,
        problems: inout [SettingsProblem]
    ) {
        // Templates list every field, most of them with nothing behind it.
        if case .scalar(let scalar) = entry.value.content, scalar.isNull { return }
        if let key = FunctionManifest.keys.first(where: { $0.name == entry.key }) {
            return key.read(entry.value, "'\(key.name)'", &manifest, &problems)
        }
        guard let message = notice(of: entry) else { return }
        manifest.notices.append(
            .init(file: manifest.file, line: entry.value.line, message: message))
    }

    /// What to say of a field that is not looked at; nil when nothing is to be said.
    private static func notice(of entry: SettingsNode.Entry) -> String? {
        switch entry.key {
        case "runtime", "language":
            if case .scalar(let scalar) = entry.value.content,
                scalar.text.lowercased().hasPrefix("lua")
            {
                return nil
            }
            return "'\(entry.key)' is \(entry.value.shown), and is not looked at: functions are "
                + "Lua 5.4"
        case "handler":
            return "'handler' is not looked at: the table that the script returns has it"
        case "dependencies":
            return "'dependencies' is not looked at: a script may require files of lib only"
        case "storage":
            return "'storage' is not looked at: a function has no files"
        case "environment_vars":
            return "'environment_vars' is not looked at: a function has no environment; give it "
                + "inputs"
        default:
            let near = suggestion(
                for: String(entry.key.prefix(60)),
                among: FunctionManifest.keys.map(\.name) + ["runtime", "handler", "dependencies"])
            return "\(quoted(entry.key)) is not known, and is not looked at\(near)"
        }
    }
}

extension FunctionManifest {
    /// The fields that are looked at.
    static let keys: [SettingsKey<FunctionManifest>] = [
        SettingsKey("function_name", \.functionName, .functionName, "The function's name."),
        SettingsKey("description", \.description, .description, "What the function is for."),
        SettingsKey("tags", \.tags, .tags, "For people, and for programs that list functions."),
        SettingsKey("inputs", \.inputs, .manifestInputs, "What `context.inputs` has."),
        SettingsKey("memory", \.memory, .manifestMemory, "Memory of the script's values."),
    ]
}

extension ValueKind<FunctionManifest.Name> {
    fileprivate static let functionName = ValueKind("the function's name") {
        $0.text
    } read: { node, subject, problems in
        ValueKind<String>.inputName.read(node, subject, &problems).map {
            .init($0, line: node.line)
        }
    }
}

extension ValueKind<String> {
    fileprivate static let inputName = ValueKind("a name; numbers need quotes") {
        $0
    } scalar: {
        $0.string
    }

    fileprivate static let tag = ValueKind(
        "text of 1 to \(SettingsBounds.tagBytes) bytes; numbers need quotes"
    ) {
        $0
    } scalar: {
        $0.string.flatMap { (1...SettingsBounds.tagBytes).contains($0.utf8.count) ? $0 : nil }
    }
}

extension ValueKind<[String]> {
    /// `- tag: json` as Memphis writes it, or `- json`.
    fileprivate static let tags = ValueKind("a list of tags") {
        $0.joined(separator: ", ")
    } read: { node, subject, problems in
        guard case .list(let nodes) = node.content else {
            problems.append(node.mustBe("a list, such as '- tag: json'", subject))
            return nil
        }
        guard nodes.count <= SettingsBounds.tags else {
            problems.append(
                SettingsProblem(
                    line: node.line,
                    "\(subject) has \(nodes.count) tags; it may have \(SettingsBounds.tags)"))
            return nil
        }
        var tags: [String] = []
        for node in nodes {
            let value = node.only("tag") ?? node
            guard let tag = ValueKind<String>.tag.read(value, "a tag", &problems) else { continue }
            if !tags.contains(tag) { tags.append(tag) }
        }
        return tags
    }
}

extension ValueKind<[FunctionManifest.Input]> {
    /// `- name: field` as Memphis writes it, with a `value` or without; or a table of values.
    fileprivate static let manifestInputs = ValueKind("a list of inputs") {
        $0.map(\.name).joined(separator: ", ")
    } read: { node, subject, problems in
        let problemsBefore = problems.count
        var inputs: [FunctionManifest.Input] = []
        switch node.content {
        case .list(let nodes):
            for node in nodes {
                if let input = input(node, problems: &problems) { inputs.append(input) }
            }
        case .table(let entries):
            for entry in entries {
                let value = ValueKind<JSONValue>.json.read(
                    entry.value, "input \(quoted(entry.key))", &problems)
                inputs.append(.init(name: entry.key, value: value, line: entry.value.line))
            }
        case .scalar:
            problems.append(node.mustBe("a list, such as '- name: field'", subject))
        }
        var lines: [String: Int] = [:]
        for input in inputs {
            guard let first = lines.updateValue(input.line ?? 0, forKey: input.name) else {
                continue
            }
            problems.append(
                SettingsProblem(
                    line: input.line,
                    "input \(quoted(input.name)) is there in line \(first) already; keep one"))
        }
        return problems.count == problemsBefore ? inputs : nil
    }

    private static func input(
        _ node: SettingsNode, problems: inout [SettingsProblem]
    ) -> FunctionManifest.Input? {
        let problemsBefore = problems.count
        var draft = InputDraft()
        if case .scalar = node.content {
            draft.name = ValueKind<String>.inputName.read(node, "an input", &problems)
        } else {
            node.read(InputDraft.keys, of: "an input", into: &draft, problems: &problems)
        }
        guard problems.count == problemsBefore else { return nil }
        guard let name = draft.name else {
            problems.append(SettingsProblem(line: node.line, "an input has no 'name'"))
            return nil
        }
        return .init(name: name, value: draft.value, line: node.line)
    }
}

/// An input as it is being read.
private struct InputDraft {
    var name: String?
    var value: JSONValue?

    static let keys: [SettingsKey<InputDraft>] = [
        SettingsKey("name", \.name, .inputName, "What `context.inputs` calls it."),
        SettingsKey("value", \.value, .json, "Its value where an attachment gives none."),
    ]
}

extension ValueKind<FunctionManifest.Memory> {
    /// A number of MB as Memphis writes it, which are 1,048,576 bytes each; or a size.
    fileprivate static let manifestMemory = ValueKind(
        "a number of MB from 1 to 1024, or a size such as 64MiB"
    ) {
        Quantity.text(bytes: $0.bytes)
    } read: { node, subject, problems in
        let allowed = FunctionLimits.memoryBytesMinimum...FunctionLimits.memoryBytesMaximum
        if case .scalar(let scalar) = node.content, let bytes = bytes(scalar),
            allowed.contains(bytes)
        {
            return .init(bytes: bytes, line: node.line)
        }
        problems.append(
            node.mustBe("a number of MB from 1 to 1024, or a size such as 64MiB", subject))
        return nil
    }

    private static func bytes(_ scalar: SettingsScalar) -> UInt64? {
        if let megabytes = UInt64(scalar.text) {
            return megabytes <= FunctionLimits.memoryBytesMaximum >> 20 ? megabytes << 20 : nil
        }
        return Quantity.bytes(scalar.text)
    }
}

extension SettingsNode {
    /// The value of a table that has just this key; nil for anything else.
    fileprivate func only(_ key: String) -> SettingsNode? {
        guard case .table(let entries) = content, entries.count == 1, entries[0].key == key else {
            return nil
        }
        return entries[0].value
    }
}
