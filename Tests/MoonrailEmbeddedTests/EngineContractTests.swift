import MoonrailEmbedded
import MoonrailTestSupport
import Testing
@Test func a() { EngineContract.a() }
