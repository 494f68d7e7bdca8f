/// What stands between a script and the machine, layer by layer (`docs/sandbox.md` explains each).
package struct SandboxLayers: Hashable, Sendable {
    /// By name, whether the layer is active on this machine.
    package let states: [String: Bool]

    package init(_ states: [String: Bool]) {
        self.states = states
    }

    /// Names of the layers that are active, sorted.
    package var active: [String] { names { $0 } }

    /// Names of the layers that this machine lacks, sorted.
    package var missing: [String] { names { !$0 } }

    private func names(_ isWanted: (Bool) -> Bool) -> [String] {
        states.filter { isWanted($0.value) }.keys.sorted()
    }
}
