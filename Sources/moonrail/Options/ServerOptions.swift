import ArgumentParser
import MoonrailConfiguration

/// Which worker a command asks over the network, and as whom. They stay texts, so that the reader
/// of the configuration checks them as it checks the file's.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask the worker at https://HOST:PORT instead of that of the data directory.",
            valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The file with the token for it; else the variable MOONRAIL_TOKEN.", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "PEM: the authorities to trust instead of the machine's.", valueName: "file"))
    var authorities: String?

    @Option(help: ArgumentHelp("PEM: the certificate to show.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("PEM: the key of the certificate.", valueName: "file"))
    var certificateKey: String?

    func add(to flags: inout SettingsFlags) {
        flags.server = server
        flags.tokenFile = tokenFile
        flags.authorities = authorities
        flags.certificate = certificate
        flags.certificateKey = certificateKey
    }
}
