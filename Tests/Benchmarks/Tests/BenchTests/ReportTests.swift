import JSON
import Testing

@testable import Bench

@Suite struct ReportTests {
  private func report(pacedP99: Double, errors: Int = 0) throws -> APIReport {
    let paced = Load.paced(pause: .milliseconds(100))
    return APIReport(
      settings: try APISettings(["--data", "/tmp"]),
      results: [
        Result(
          load: paced, operation: .get, target: Target.http1,
          rounds: [round(500, p99: pacedP99, errors: errors, sidecars: SidecarCounts(taskAPI: 50, all: 150))]),
        Result(load: paced, operation: .get, target: Target.peer, rounds: [round(250, p99: 400)]),
        Result(load: paced, operation: .get, target: Target.http2, rounds: [round(500, p99: 1)]),
      ], agreeing: 1, compared: 1)
  }

  @Test func theLimitOfPacedUsersIsMetByOurSlowestOperationWithoutErrors() throws {
    for (p99, errors, isMet) in [(29.9, 0, true), (30.1, 0, false), (2, 1, false)] {
      let json = try JSONValue(parsing: report(pacedP99: p99, errors: errors).json)
      #expect(json["pacedLimitMet"] == .bool(isMet) && json["pacedWorstP99Ms"]?.double == max(p99, 1))
    }
  }

  @Test func ratiosAreToThePeerInTheSameRun() throws {
    let report = try report(pacedP99: 4)
    let ours = try #require(try JSONValue(parsing: report.json)["results"]?[0])
    #expect(ours["rateToPeer"]?.double == 2 && ours["sidecarCallsPerRequest"]?.double == 0.5)
    #expect(report.table.contains("×2.0 | ×100 |"))
  }

  @Test func aResultIsTheMedianOfItsRounds() {
    let result = Result(
      load: .saturating, operation: .get, target: "x",
      rounds: [round(10, p99: 9), round(30, p99: 1), round(20, p99: 5)])
    #expect(result.rate == 20 && result.rates == 10...30 && result.p99 == 5 && result.answers == 300)
  }
}

/// A round with a hundred answers on a quiet machine.
func round(_ rate: Double, p99: Double, errors: Int = 0, sidecars: SidecarCounts? = nil) -> Result.Round {
  Result.Round(
    rate: rate, p50: p99 / 2, p99: p99, answers: 100, errors: errors, sidecars: sidecars, wasQuiet: true)
}
