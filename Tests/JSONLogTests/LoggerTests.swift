import Foundation
import JSON
import Synchronization
import Testing

@testable import JSONLog

/// Keeps lines instead of writing them.
private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }

  func logger(_ format: LogSink.Format = .json, level: LogLevel = .info, at seconds: Int = 1_805_009_400) -> Logger {
    Logger(
      sink: LogSink(
        format: format, now: { LogTime(seconds: seconds, nanoseconds: 7_999_999) },
        write: { line in self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }), level: level)
  }
}

@Suite struct LoggerTests {
  @Test func aLineIsOneJSONObject() throws {
    let lines = Lines()
    let logger = lines.logger().with(["app": "task-api"]).with(["traceId": "4bf92f3577b34da6a3ce929d0e0e4736"])
    logger.warning(
      "a write failed",
      [
        "taskId": "018f", "attempt": 3, "took": .milliseconds(.microseconds(1500)), "again": true,
        "why": "a \"b\"\n\u{1}",
      ])
    #expect(
      lines.all == [
        #"{"time":"2027-03-14T07:30:00.007Z","level":"warning","message":"a write failed","app":"task-api","#
          + #""traceId":"4bf92f3577b34da6a3ce929d0e0e4736","taskId":"018f","attempt":3,"took":1.5,"again":true,"#
          + #""why":"a \"b\"\n\u0001"}"# + "\n"
      ])
    let value = try JSONValue(parsing: Array(lines.all[0].utf8.dropLast()))
    #expect(value["why"]?.string == "a \"b\"\n\u{1}")
  }

  @Test func linesBelowTheLevelAreNotWrittenNorTheirFieldsMade() {
    let lines = Lines()
    let logger = lines.logger(level: .notice)
    func never() -> LogFields {
      Issue.record("made for a line that is not written")
      return [:]
    }
    logger.trace("no", never())
    logger.debug("no", never())
    logger.info("no", never())
    for level in LogLevel.allCases { logger.log(level, "at each level") }
    #expect(lines.all.count == 4)
    Logger.silent.critical("no", never())
  }

  @Test(arguments: [0, 951_782_399, 951_782_400, 1_709_210_096, 4_107_542_400, 253_402_300_799, -1, -2_208_988_800])
  func timesAreThoseOfFoundation(seconds: Int) throws {
    var bytes: [UInt8] = []
    LogTime(seconds: seconds, nanoseconds: 42_000_000).appendTimestamp(to: &bytes)
    let formatter = ISO8601DateFormatter()
    let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds))).dropLast() + ".042Z"
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func textForATerminalIsReadableAndCannotSteerIt() {
    let lines = Lines()
    lines.logger(.text).error("boom", ["id": "a-1", "text": "red \u{1B}[31m\u{9B}\u{7F}", "n": 5])
    let plain = lines.all[0].replacing(/\u{1B}\[\d*m/, with: "")
    #expect(plain == "07:30:00.007 ERROR     boom  id=a-1  text=\"red \\u001b[31m\u{FFFD}\u{FFFD}\"  n=5\n")
  }

  @Test func levelsHaveTheNamesOfSwiftLog() {
    #expect(LogLevel.allCases.map(\.name) == ["trace", "debug", "info", "notice", "warning", "error", "critical"])
    #expect(LogLevel("warning") == .warning)
    #expect(LogLevel("WARNING") == nil)
  }

  @Test func aLongTextIsCut() throws {
    let lines = Lines()
    lines.logger().info("long", ["text": .string(String(repeating: "x", count: 100_000))])
    #expect(lines.all[0].utf8.count < 9000)
    #expect(lines.all[0].hasSuffix("x…\"}\n"))
  }

  @Test func standardErrorGetsWholeLinesFromManyThreads() async throws {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let logger = Logger(sink: LogSink(format: .json))
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { for n in 0..<100 { logger.info("line", ["n": .int(n)]) } } }
      }
    }.map { result in
      let lines = result.standardErrorContent.split(separator: UInt8(ascii: "\n"))
      let ours = lines.filter { $0.starts(with: Array("{".utf8)) }
      #expect(ours.count == 800)
      for line in ours { #expect(throws: Never.self) { try JSONValue(parsing: Array(line)) } }
    }
  }
}

@Suite struct SecretTests {
  @Test func nothingShowsASecret() {
    struct Settings { let token = Secret("hunter2") }
    let settings = Settings()
    var dumped = ""
    dump(settings, to: &dumped)
    for text in ["\(settings)", String(reflecting: settings), dumped, "\(settings.token)"] {
      #expect(!text.contains("hunter2"))
    }
    #expect(LogValue.describing(settings.token) == .string("<redacted>"))
    #expect(settings.token.reveal() == "hunter2")
  }

  @Test func matchesItselfAlone() {
    let secret = Secret("hunter2")
    #expect(secret.matches("hunter2"))
    for other in ["hunter3", "hunter", "hunter22", ""] { #expect(!secret.matches(other)) }
  }
}
