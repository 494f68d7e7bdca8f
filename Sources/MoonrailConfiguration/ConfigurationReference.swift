import MoonrailCore

/// The reference of all keys and variables, from the declarations that the reader uses.
package enum ConfigurationReference {
    /// Markdown: one table for each table of the file, and one of the variables that are no keys.
    /// It is the part of `docs/configuration.md` that a test keeps equal to it.
    package static var markdown: String {
        [
            overridable(Settings.overridable, defaults: Settings()),
            table("## Tables", Settings.keys.filter { $0.override == nil }, Settings()),
            table("## `stations.<name>`", StationEntry.keys, StationEntry()),
            table("## `stations.<name>.retention`", Retention.keys, Retention()),
            table("## `stations.<name>.duplicates`", DuplicateReach.keys, DuplicateReach()),
            table("## `functions.<name>`", FunctionOverrides.keys, FunctionOverrides()),
            table(
                "## `functions.<name>.limits`", FunctionOverrides.limitKeys, FunctionOverrides()),
            table(
                "## `functions.<name>.retry`", FunctionOverrides.retryKeys, FunctionOverrides()),
            table("## `functions.<name>.breaker`", BreakerDraft.keys, BreakerDraft()),
            table("## `webhooks.<name>`", WebhookDefinition.keys, WebhookDefinition()),
            table("## `http`", HTTPSettings.keys, HTTPSettings()),
            table("## `http.tls`", TLSSettings.keys, TLSSettings()),
            table("## `nats`", NATSSettings.keys, NATSSettings()),
            table("## `nats.tls`", NATSTLSSettings.keys, NATSTLSSettings()),
            table("## `client`", ClientSettings.keys, ClientSettings()),
            table("## `limits`", FunctionLimits.keys, FunctionLimits()),
            variables,
        ].joined(separator: "\n")
    }

    private static func overridable(_ keys: [SettingsKey<Settings>], defaults: Settings) -> String {
        var lines = [
            "## Keys, variables and flags", "",
            row(["key", "variable", "flag", "value", "default", "meaning"]),
            row(Array(repeating: "---", count: 6)),
        ]
        for key in keys {
            lines.append(
                row([
                    code(key.name), code(key.override?.variable ?? ""),
                    code(key.override?.flag ?? ""), key.demand,
                    key.text(defaults).map(code) ?? key.unset,
                    key.description,
                ]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table<Root>(
        _ heading: String, _ keys: [SettingsKey<Root>], _ defaults: Root
    ) -> String {
        var lines = [
            heading, "", row(["key", "value", "default", "meaning"]),
            row(Array(repeating: "---", count: 4)),
        ]
        for key in keys {
            let text = key.text(defaults).map(code) ?? key.unset
            lines.append(row([code(key.name), key.demand, text, key.description]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var variables: String {
        var lines = ["## Other variables", "", row(["variable", "meaning"]), row(["---", "---"])]
        lines += SettingsVariables.others.map { row([code($0), $1]) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ cells: [String]) -> String {
        "| \(cells.joined(separator: " | ")) |"
    }

    private static func code(_ text: String) -> String { "`\(text)`" }
}
