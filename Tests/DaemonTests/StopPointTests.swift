import Foundation
import Testing

@testable import Daemon

@Suite struct StopPointTests {
  private struct Nothing: DaemonSettings {
    static let defaultPort: UInt16 = 1
    init(from reader: inout SettingsReader) {}
  }

  private func refusal(_ value: String) -> String? {
    let invocation = Invocation<Nothing>(name: "sample", arguments: [], environment: ["TASKMESH_STOP_AT": value])
    guard case .refuse(let text) = invocation else { return nil }
    return text
  }

  @Test func aPointOrSeveralAreTaken() {
    #expect(refusal("events-published") == nil)
    #expect(refusal("events-published,rows-written@/tmp/stops") == nil)
  }

  @Test(arguments: ["nowhere", "events-published,", "events-published@", "@/tmp", "events-published,nowhere@/tmp"])
  func whatNamesNoPointIsRefusedWithThePointsThereAre(value: String) throws {
    let text = try #require(refusal(value))
    #expect(text.hasPrefix("sample: TASKMESH_STOP_AT: \"\(value)\" is not one or more of transaction-ready, "))
  }

  @Test func inAFolderAStopTakesItsFileAway() throws {
    let folder = NSTemporaryDirectory() + "stops-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["rows-written", "rows-committed"] {
      try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    let order = try #require(StopOrder("rows-written,events-published@\(folder)"))
    #expect(!order.takes(.rowsCommitted) && !order.takes(.eventsPublished))
    #expect(order.takes(.rowsWritten))
    #expect(!order.takes(.rowsWritten))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["rows-committed"])
    try FileManager.default.removeItem(atPath: folder)
  }
}
