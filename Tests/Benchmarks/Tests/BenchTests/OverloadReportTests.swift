import JSON
import Testing

@testable import Bench

@Suite struct OverloadReportTests {
  private func outcome(accepted: [Int], refused: Int, errors: Int) -> OverloadReport.Outcome {
    var sample = Phase.Sample()
    for milliseconds in accepted { sample.latencies.add(.milliseconds(milliseconds)) }
    for _ in 0..<refused { sample.refusals.add(.milliseconds(1)) }
    sample.errors = errors
    sample.elapsed = .seconds(2)
    return .init(capacity: 10, offered: .open(perSecond: 40), sample: sample)
  }

  @Test func theSlowestHundredthOfWhatIsAcceptedCountsAndRefusalsAreNoErrors() throws {
    for (slowest, errors, isMet) in [(300, 0, true), (301, 0, false), (1, 1, false)] {
      let ours = outcome(accepted: [slowest] + Array(repeating: 1, count: 59), refused: 100, errors: errors)
      let report = OverloadReport(
        settings: try APISettings(["--data", "/tmp"]), ours: ours,
        peer: outcome(accepted: [1], refused: 0, errors: 9), memoryBefore: 1_048_576, memoryAfter: nil)
      let json = try JSONValue(parsing: report.json)
      #expect(json["met"] == .bool(isMet))
      #expect(json["taskmesh"]?["acceptedPerSecond"]?.double == 30)
      #expect(json["taskmesh"]?["refusedPerSecond"]?.double == 50)
      #expect(report.table.contains("1.0 MiB, unknown"))
    }
  }
}
