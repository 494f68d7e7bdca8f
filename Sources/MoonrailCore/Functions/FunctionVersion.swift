/// What a function's results depend on, as one hash: SHA-256 in 64 lowercase hexadecimal digits.
package struct FunctionVersion: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    /// The first seven digits, as shown in `celsius@3f2a91c`.
    package var short: String { String(text.prefix(7)) }

    package var description: String { short }
}
