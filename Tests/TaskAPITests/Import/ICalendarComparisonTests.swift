import Foundation
import JSON
import Recurrence
import Subprocess
import Testing

@testable import TaskAPI

/// The demo's file, as Nextcloud, Apple, Tasks.org and Thunderbird write theirs, read by us and by PyPI's icalendar.
@Suite struct ICalendarComparisonTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The Python of `$TASKMESH_TEST_VENV`, by default `.build/venv`, which ops/test fills.
  private func theirs(_ file: URL) throws -> [JSONValue] {
    let venv =
      ProcessInfo.processInfo.environment["TASKMESH_TEST_VENV"] ?? Self.root.appending(path: ".build/venv").path
    let output = try Subprocess.output(of: [venv + "/bin/python3", "-c", icalendarScript, file.path])
    return try #require(try JSONValue(parsing: output).elements)
  }

  @Test func bothReadTheSameTasks() throws {
    let file = Self.root.appending(path: "ops/demo.d/tasks.ics")
    let zones = ImportZones(database: ZoneDatabase(), home: "UTC")
    let ours = ICalendar.read([UInt8](try Data(contentsOf: file)), zones).tasks
    let theirs = try theirs(file)
    #expect(ours.count == theirs.count && ours.count > 70)
    for their in theirs {
      let uid = their["uid"]?.string
      let isChanged = their["changed"] == .bool(true)
      let due = their["due"]?.int
      let task = try #require(
        ours.first {
          $0.uid == uid && ($0.occurrence != nil) == isChanged
            && (!isChanged || $0.due.map { zones.instant($0).secondsSinceEpoch } == due)
        }, "\(their)")
      #expect(task.title == their["title"]?.string)
      #expect(task.notes == their["notes"]?.string)
      #expect(task.tags == their["tags"]?.elements?.compactMap(\.string))
      #expect(task.reminders.count == their["alarms"]?.int)
      #expect(task.isDone == (their["done"] == .bool(true)))
      // A series whose first date is changed on its own goes on at the next.
      let isMoved = ours.contains { $0.uid == uid && $0.occurrence != nil } && !isChanged
      guard !isMoved else { continue }
      #expect(task.due.map { zones.instant($0).secondsSinceEpoch } == due, "\(task.title)")
      #expect(try rules(task.rule) == rules(their["rule"]?.string ?? ""), "\(task.title)")
    }
  }

  private func rules(_ text: String) throws -> [RecurrenceRule] { text.isEmpty ? [] : try RecurrenceRule.rules(text) }
}
