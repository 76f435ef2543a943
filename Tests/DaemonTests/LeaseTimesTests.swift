import Testing

@testable import Daemon

@Suite struct LeaseTimesTests {
  private struct Leasing: DaemonSettings {
    static let defaultPort: UInt16 = 1
    let lease: LeaseTimes
    init(from reader: inout SettingsReader) { lease = LeaseTimes(from: &reader) }
  }

  private func invoke(_ environment: [String: String]) -> Invocation<Leasing> {
    Invocation(name: "sample", arguments: [], environment: environment)
  }

  @Test func anOwnerRenewsAfterThreeSecondsAndStopsAtSeven() {
    let times = LeaseTimes()
    #expect(times.takeover == .seconds(10) && times.renewal == .seconds(3) && times.lapse == .seconds(7))
    #expect(times.margin == .seconds(2))
  }

  @Test func oneSettingMovesAllOfThem() throws {
    guard case .run(_, let settings) = invoke(["TASKMESH_LEASE": "1s"]) else {
      Issue.record("refused")
      return
    }
    #expect(settings.lease == LeaseTimes(takeover: .seconds(1)))
    #expect(settings.lease.renewal == .milliseconds(300) && settings.lease.lapse == .milliseconds(700))
  }

  @Test func aLeaseThatCouldNotBeRenewedInTimeIsRefused() {
    guard case .refuse(let text) = invoke(["TASKMESH_LEASE": "499ms"]) else {
      Issue.record("accepted")
      return
    }
    #expect(text == "sample: TASKMESH_LEASE: must be 500ms or more\n")
  }
}
