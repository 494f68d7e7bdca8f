import Foundation
import MoonrailCore

/// `/openapi.json` as a client reads it.
struct OpenAPIDocumentText {
    let root: JSONValue

    init(_ answer: SocketClient.Answer) throws {
        root = try JSONValue(parsing: Array(answer.body.utf8))
    }

    /// Each operation as `GET /v1/stations`.
    var operations: Set<String> {
        guard case .object(let paths)? = root["paths"] else { return [] }
        return Set(
            paths.flatMap { path, operations in
                operations.members.keys.map { "\($0.uppercased()) \(path)" }
            })
    }

    /// What it says of an operation.
    func operation(_ name: String) -> JSONValue {
        let parts = name.split(separator: " ")
        return root["paths"]?[String(parts[1])]?[parts[0].lowercased()] ?? .null
    }

    /// Says where an answer is not what the document tells of the operation.
    func mistakes(in answer: SocketClient.Answer, of name: String) throws -> [String] {
        guard var response = operation(name)["responses"]?[String(answer.status)] else {
            return ["\(name) may not answer with \(answer.status): \(answer.body)"]
        }
        if case .string(let reference)? = response["$ref"],
            let last = reference.split(separator: "/").last
        {
            response = root["components"]?["responses"]?[String(last)] ?? .null
        }
        guard let contents = response["content"] else {
            return answer.body.isEmpty ? [] : ["\(name): \(answer.status) has a body"]
        }
        guard let mediaType = answer.headers["content-type"], let content = contents[mediaType]
        else { return ["\(name): media type \(answer.headers["content-type"] ?? "none")"] }
        let check = SchemaCheck(root: root)
        if let schema = content["x-line-schema"] {
            return try answer.body.split(separator: "\n").flatMap { line in
                check.mistakes(in: try JSONValue(parsing: Array(line.utf8)), schema, at: name)
            }
        }
        guard mediaType.hasSuffix("json"), let schema = content["schema"] else { return [] }
        return check.mistakes(
            in: try JSONValue(parsing: Array(answer.body.utf8)), schema, at: name)
    }
}

extension JSONValue {
    var members: [String: JSONValue] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    subscript(_ name: String) -> JSONValue? { members[name] }
}
