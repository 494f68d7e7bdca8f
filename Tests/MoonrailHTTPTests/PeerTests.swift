import Glibc
import MoonrailHTTP
import Testing

/// Who may use the local socket, and what the audit calls them.
@Suite struct PeerTests {
    @Test(arguments: [(0, 0, true), (7, 7, true), (0, 7, true), (7, 0, false), (7, 8, false)])
    func `the process's own user and root may ask, others may not`(
        uid: UInt32, owner: UInt32, may: Bool
    ) {
        #expect(Peer(uid: uid).mayAsk(processOf: owner) == may)
    }

    @Test func `a user is called by name and number, and one without a name by the number`()
        async
    {
        #expect(await Peer(uid: 0).name() == "root (uid 0)")
        // No system gives it to anybody.
        #expect(await Peer(uid: 4_294_967_290).name() == "uid 4294967290")
    }
}
