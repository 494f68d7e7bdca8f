import MoonrailWebhooks
import Testing

@Suite struct WebhookSecretTests {
    /// The example of the specification of Standard Webhooks.
    @Test func `a signature is the one that the specification shows`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?",
    ])
    func `what is no secret is none`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    @Test func `a file without a secret is named, and what is in it is not`() throws {
        #expect(throws: InvalidWebhook.self) { try WebhookSecret(file: "/no/such/file") }
        do {
            _ = try WebhookSecret(file: "/etc/hostname")
            Issue.record("a host's name is no secret")
        } catch {
            #expect(error.description.contains("/etc/hostname"))
            #expect(error.description.contains("whsec_"))
        }
    }
}
