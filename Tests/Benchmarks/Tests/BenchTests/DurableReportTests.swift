import JSON
import Testing

@testable import Bench

@Suite struct DurableReportTests {
  private func report(rate: Double, p99: Double, publishes: Int) throws -> DurableReport {
    let calls = SidecarCounts(taskAPI: 30, transactions: 10, publishes: publishes, all: 60)
    let result = Result(
      load: .saturating, operation: .create, target: Target.http1,
      rounds: [round(rate, p99: p99, sidecars: calls)])
    let disk = DurableReport.Disk(
      name: "2 ms more a commit", commits: [90, 100, 500], creates: [.init(clients: 50, result: result)], half: result)
    let settings = try DurableSettings([
      "--mesh", "0,/a", "--slow-mesh", "10,/b", "--python", "p", "--script", "s", "--slow-disk", "d",
    ])
    return DurableReport(settings: settings, disks: [disk])
  }

  @Test func whatMustHoldIsSaidOfTheSlowDiskAtFiftyClients() throws {
    let good = try JSONValue(parsing: report(rate: 500, p99: 25, publishes: 20).json)
    #expect(good["ratioAt50OnASlowDisk"]?.double == 5)
    #expect(good["ratioMet"] == .bool(true) && good["p99Met"] == .bool(true) && good["callsMet"] == .bool(true))
    let bad = try JSONValue(parsing: report(rate: 499, p99: 25.1, publishes: 21).json)
    #expect(bad["ratioMet"] == .bool(false) && bad["p99Met"] == .bool(false) && bad["callsMet"] == .bool(false))
    #expect(try report(rate: 499, p99: 25.1, publishes: 21).table.contains("(at least ×5: not met)"))
  }
}
