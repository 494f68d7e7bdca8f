import Foundation
import MoonrailCore
import MoonrailHTTP
import Testing

@Suite struct ProblemTests {
    static let errors: [(EngineError, Int, String)] = {
        guard let station = try? StationName("readings"),
            let function = try? FunctionName("celsius")
        else { return [] }
        let lane = LaneID(function: function, partition: 0)
        return [
            (.stationNotFound(station), 404, "/problems/station-not-found"),
            (
                .partitionNotFound(station, partition: 3, count: 2), 404,
                "/problems/partition-not-found"
            ),
            (.stationDiffers(station, "2 partitions"), 409, "/problems/station-differs"),
            (.claimLost(lane), 409, "/problems/claim-lost"),
            (.laneElsewhere(lane, worker: "b"), 409, "/problems/lane-elsewhere"),
            (
                .emissionConflicts(lane, settlement: 0, events: [1]), 409,
                "/problems/emission-conflicts"
            ),
            (.corrupt("chunk 3 is damaged"), 500, "/problems/corrupt"),
            (.unavailable("the store is closed"), 503, "/problems/unavailable"),
            (.full("the disk is full"), 507, "/problems/disk-full"),
            (.exists("the backup exists"), 409, "/problems/exists"),
            (.inUse("process 7 has it"), 503, "/problems/in-use"),
        ]
    }()

    @Test(arguments: errors)
    func `an engine's error has one status and says what happened`(
        error: EngineError, status: Int, type: String
    ) {
        let problem = Problem(error)
        #expect(problem.status == status)
        #expect(problem.type == type)
        #expect(problem.detail == error.description)
        #expect(!problem.title.isEmpty)
    }

    @Test func `all of an engine's errors are tried`() {
        #expect(Self.errors.count == 11)
    }

    @Test func `a problem is a document of RFC 9457`() throws {
        let problem = Problem.badRequest("no")
        let data = try JSONEncoder().encode(problem)
        let members = try JSONDecoder().decode([String: JSONValue].self, from: data)
        #expect(Set(members.keys) == ["type", "title", "status", "detail"])
        #expect(members["status"] == .integer(400))
        #expect(try JSONDecoder().decode(Problem.self, from: data) == problem)
    }

    @Test func `what programs may want to know stands beside the members of every problem`() throws
    {
        let problem = Problem.unexpected("no", partition: 2, actual: nil)
        let data = try JSONEncoder().encode(problem)
        let members = try JSONDecoder().decode([String: JSONValue].self, from: data)
        #expect(
            Set(members.keys) == ["type", "title", "status", "detail", "actual", "partition"])
        #expect(members["actual"] == .null && members["partition"] == .integer(2))
        #expect(members["status"] == .integer(412))
        #expect(try JSONDecoder().decode(Problem.self, from: data) == problem)
    }

    @Test func `an unknown function names the one that was meant`() {
        let problem = Problem.functionNotFound("celsuis", known: ["celsius", "alerts"])
        #expect(problem.detail == "function 'celsuis' does not exist; did you mean 'celsius'?")
    }
}
