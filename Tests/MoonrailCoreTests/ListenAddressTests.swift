import MoonrailCore
import Testing

struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:7667", "127.0.0.1", 7_667, true), ("127.1.2.3:0", "127.1.2.3", 0, true),
        ("localhost:80", "localhost", 80, true), ("LocalHost:80", "localhost", 80, true),
        ("[::1]:65535", "::1", 65_535, true), ("0.0.0.0:1", "0.0.0.0", 1, false),
        ("[::]:1", "::", 1, false), ("moonrail.example:443", "moonrail.example", 443, false),
        ("127.0.0.1.example:1", "127.0.0.1.example", 1, false),
        ("127.0.0.256:1", "127.0.0.256", 1, false), ("127.1:1", "127.1", 1, false),
        ("localhost.example:1", "localhost.example", 1, false),
    ])
    func `an address says who can reach it`(
        text: String, host: String, port: Int, isLoopback: Bool
    ) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
        #expect(try ListenAddress(address.description) == address)
    }

    @Test(arguments: [
        "", ":", ":80", "localhost", "localhost:", "localhost:x", "localhost:65536",
        "localhost:-1", "::1:80", "[::1]", "[localhost]:80", "a b:80", "a/b:80", "http://a:80",
        "ä:80", String(repeating: "a", count: 254) + ":80",
    ])
    func `what is no address is told how one looks`(text: String) {
        let error = #expect(throws: ListenAddress.Invalid.self) { try ListenAddress(text) }
        #expect(error?.description.contains("such as 127.0.0.1:7667") == true)
    }
}
