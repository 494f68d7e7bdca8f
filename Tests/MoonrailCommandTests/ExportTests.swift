import MoonrailCore
import MoonrailTestSupport
import Testing

/// What is exported, held against what the specifications demand.
@Suite struct ExportTests {
    private static func document() async throws -> JSONValue {
        var document = JSONValue.null
        try await Workplace.with { place in
            try place.writeFunction("f", from: "raw", to: "clean.all")
            try place.writeFunction("g", from: "clean.all", to: "new")
            _ = try place.write("functions/broken.lua", "return {")
            try await place.command.run("station", "create", "raw", "--partitions", "3")
            try await place.command.run("produce", "other", input: "1\n")
            let exported = try await place.command.run("export", "asyncapi")
            #expect(exported.status == 0 && exported.errors.isEmpty)
            document = try JSONValue(parsing: Array(exported.output.utf8))
        }
        return document
    }

    @Test func `stations are channels and what functions do are operations`() async throws {
        let document = try await Self.document()
        #expect(document["asyncapi"] == "3.0.0")
        #expect(document["info"]?["title"]?.text != nil)
        #expect(document["info"]?["version"]?.text != nil)
        let channels = document["channels"]?.members ?? [:]
        #expect(Set(channels.keys) == ["raw", "clean.all", "new", "other"])
        #expect(channels["raw"]?["x-partitions"] == 3)
        #expect(channels.allSatisfy { $0.value["address"] == .string($0.key) })
        let operations = document["operations"]?.members ?? [:]
        #expect(
            Set(operations.keys) == [
                "f.receive.raw", "f.send.clean.all", "g.receive.clean.all", "g.send.new",
            ])
        for operation in operations.values {
            #expect(["receive", "send"].contains(operation["action"]))
        }
    }

    @Test func `every reference leads somewhere, and messages to those of their channel`()
        async throws
    {
        let document = try await Self.document()
        let references = Self.references(in: document)
        #expect(!references.isEmpty)
        for reference in references {
            #expect(Self.target(of: reference, in: document) != nil, "\(reference)")
        }
        for operation in (document["operations"]?.members ?? [:]).values {
            let channel = operation["channel"]?["$ref"]?.text ?? ""
            for message in operation["messages"]?.elements ?? [] {
                #expect(message["$ref"]?.text?.hasPrefix(channel + "/messages/") == true)
            }
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, value in
                name == "$ref" ? [value.text ?? ""] : references(in: value)
            }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }

    private static func target(of reference: String, in document: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(JSONValue?.some(document)) {
            value, name in
            value?[String(name)]
        }
    }
}
