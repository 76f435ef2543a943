import Recurrence
import Testing

@testable import TaskAPI

@Suite struct TodoTxtTests {
  private func one(_ text: String) throws -> ImportedTask {
    let file = TodoTxt.read(Array(text.utf8))
    #expect(file.rejected == [])
    return try #require(file.tasks.first)
  }

  private func day(_ text: String) throws -> ImportedTask.Moment { .wall(try WallTime(text), zone: nil) }

  @Test func aLineSaysEverything() throws {
    let task = try one("(A) 2026-01-02 Pay rent +home @bank due:2026-02-01 rec:1m https://x.org")
    #expect(task.title == "Pay rent rec:1m https://x.org")
    #expect(task.priority == .high)
    #expect(task.tags == ["home", "bank"])
    #expect(try task.due == day("2026-02-01"))
    #expect(try task.createdAt == day("2026-01-02"))
    #expect(!task.isDone)
  }

  @Test func aDoneLineHasItsTwoDates() throws {
    let task = try one("x 2026-03-02 2026-03-01 Review pri:B")
    #expect(task.isDone)
    #expect(try task.completedAt == day("2026-03-02"))
    #expect(try task.createdAt == day("2026-03-01"))
    #expect(task.priority == .medium)
    #expect(task.title == "Review")
  }

  @Test(arguments: [("(A) a", ImportedTask.Priority.high), ("(B) b", .medium), ("(C) c", .low), ("(Z) z", .low)])
  func lettersBecomePriorities(line: String, priority: ImportedTask.Priority) throws {
    #expect(try one(line).priority == priority)
  }

  @Test(arguments: ["(a) lower", "(AB) two", "xylophone lesson", "a + b @ c", "due: soon"])
  func whatOnlyLooksLikeSyntaxIsTitle(line: String) throws {
    let task = try one(line)
    #expect(task.title == line)
    #expect(task.priority == nil && !task.isDone && task.tags == [])
  }

  @Test func anImpossibleLineIsRejectedAloneAndBOMAndCRAreSkipped() throws {
    let file = TodoTxt.read(
      [0xEF, 0xBB, 0xBF] + Array("one\r\nbad due:2026-02-31\r\n\r\n2026-13-01 worse\r\nlast".utf8))
    #expect(file.tasks.map(\.title) == ["one", "last"])
    #expect(file.tasks.map(\.line) == [1, 5])
    #expect(file.rejected.map(\.line) == [2, 4])
    #expect(file.rejected.allSatisfy { $0.detail.contains("is no date") })
  }

  @Test func octetsThatAreNotUTF8RejectTheirLine() {
    let file = TodoTxt.read([0x61, 0x0A, 0xFF, 0x0A, 0x62])
    #expect(file.tasks.map(\.title) == ["a", "b"])
    #expect(file.rejected.map(\.line) == [2])
  }
}
