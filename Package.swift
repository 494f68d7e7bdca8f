// swift-tools-version: 6.1
import PackageDescription

// Only one thing is unusual here: the function host is linked without the Swift runtime as a shared
// library, because it starts in a third of the time so and holds less memory (docs/architecture.md).

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(
    name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "moonrail",
    products: [
        .executable(name: "moonrail", targets: ["moonrail"]),
        .executable(name: "function-host", targets: ["function-host"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CInotify"),
        .systemLibrary(
            name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

        .target(name: "CJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "CLuaHost", dependencies: ["CJSON", "CLua"],
            linkerSettings: [.linkedLibrary("seccomp")]),
        .executableTarget(
            name: "function-host", dependencies: ["CLuaHost"],
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),

        .target(name: "MoonrailCore", dependencies: ["CXXHash"]),
        .target(
            name: "MoonrailEmbedded",
            dependencies: ["MoonrailCore", "CLZ4", grdb, sqlite, logging, metrics]),
        .target(name: "MoonrailNATS", dependencies: ["MoonrailCore", "CJSON", "CNATS", grdb]),
        .target(name: "MoonrailSandbox", dependencies: ["MoonrailCore", "CEpoll"]),
        .target(
            name: "MoonrailRuntime",
            dependencies: [
                "MoonrailCore", "CInotify", "CLibcrypto", logging, metrics, serviceLifecycle,
            ]),
        .target(
            name: "MoonrailHTTP",
            dependencies: [
                "MoonrailRuntime", "MoonrailCore", "CJSON", httpTypes, hummingbird, hummingbirdCore,
                logging, metrics, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioSSL,
                serviceLifecycle,
            ]),
        .target(
            name: "MoonrailWebhooks",
            dependencies: ["MoonrailCore", "CLibcrypto", httpClient, nioCore, nioHTTP1]),
        .target(name: "MoonrailConfiguration", dependencies: ["MoonrailCore", yams]),
        .executableTarget(
            name: "moonrail",
            dependencies: [
                "MoonrailConfiguration", "MoonrailCore", "MoonrailEmbedded", "MoonrailHTTP",
                "MoonrailNATS", "MoonrailRuntime", "MoonrailSandbox", "MoonrailWebhooks",
                argumentParser,
                httpClient, logging, nioCore, nioHTTP1, nioSSL, serviceLifecycle, unixSignals,
            ]),

        .executableTarget(
            name: "latency-probe",
            dependencies: [
                "MoonrailCore", "MoonrailEmbedded", "MoonrailRuntime", "MoonrailSandbox",
                argumentParser, logging, serviceLifecycle,
            ],
            path: "benchmarks/Latency"),

        .executableTarget(
            name: "lockdown-probe", dependencies: ["CLuaHost"], path: "Tests/LockdownProbe",
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .executableTarget(
            name: "document-host", dependencies: ["CLuaHost"], path: "Tests/DocumentHost",
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .target(name: "StorageFaults", path: "Tests/StorageFaults"),
        .target(
            name: "MoonrailTestSupport", dependencies: ["MoonrailCore"],
            path: "Tests/MoonrailTestSupport"),
        .testTarget(
            name: "MoonrailCoreTests", dependencies: ["MoonrailCore", "MoonrailTestSupport"]),
        .testTarget(
            name: "MoonrailEmbeddedTests",
            dependencies: [
                "MoonrailCore", "MoonrailEmbedded", "MoonrailTestSupport", "StorageFaults", grdb,
                sqlite,
            ]),
        .testTarget(
            name: "MoonrailNATSTests",
            dependencies: ["MoonrailCore", "MoonrailNATS", "MoonrailTestSupport"]),
        .testTarget(
            name: "MoonrailSandboxTests",
            dependencies: ["MoonrailCore", "MoonrailSandbox", "MoonrailTestSupport"],
            exclude: ["Escapes"]),
        .testTarget(
            name: "MoonrailConfigurationTests",
            dependencies: ["MoonrailConfiguration", "MoonrailCore", "MoonrailTestSupport"]),
        .testTarget(
            name: "MoonrailRuntimeTests",
            dependencies: [
                "MoonrailCore", "MoonrailEmbedded", "MoonrailRuntime", "MoonrailSandbox",
                "MoonrailTestSupport", logging, serviceLifecycle,
            ]),
        .testTarget(
            name: "MoonrailHTTPTests",
            dependencies: [
                "MoonrailCore", "MoonrailHTTP", "MoonrailRuntime", "MoonrailTestSupport", nioCore,
            ]),
        .testTarget(
            name: "MoonrailCommandTests", dependencies: ["MoonrailCore", "MoonrailTestSupport"],
            exclude: ["Broken"]),
        .testTarget(
            name: "MoonrailWebhooksTests",
            dependencies: ["MoonrailCore", "MoonrailWebhooks"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["MoonrailCore", "MoonrailTestSupport"]),
        .testTarget(name: "TidyTests"),
    ],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)
