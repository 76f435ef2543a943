import Foundation
import Recurrence
import SeededRandom
import Subprocess
import Testing

/// How many random rules; `ops/test` may ask for more than its short form does.
private let ruleCount = ProcessInfo.processInfo.environment["TASKMESH_RECURRENCE_RULES"].flatMap { Int($0) } ?? 2500

@Suite("Beside python-dateutil")
struct DateutilTests {
  private struct ToolFailure: Error, CustomStringConvertible {
    let description: String
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func run(_ arguments: [String], input: String = "") throws -> String {
    String(decoding: try Subprocess.output(of: arguments, input: Array(input.utf8)), as: UTF8.self)
  }

  /// The Python of `$TASKMESH_TEST_VENV`, by default `.build/venv`, which ops/test fills.
  private func python() throws -> String {
    let environment =
      ProcessInfo.processInfo.environment["TASKMESH_TEST_VENV"] ?? Self.root.appending(path: ".build/venv").path
    let python = environment + "/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python), (try? run([python, "-c", "import dateutil"])) != nil
    else {
      throw ToolFailure(description: "\(python) with python-dateutil is not there: run ops/test, which installs it")
    }
    return python
  }

  @Test("Random rules in random zones have the same occurrences, and next finds each from the one before")
  func randomRules() throws {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("seed of the random rules: \(seed)")
    var generator = SplitMix(seed: seed)
    let tests = (0..<ruleCount).map { _ in
      (RandomRule(using: &generator), Bool.random(using: &generator) ? Int.random(in: 1...40, using: &generator) : nil)
    }
    let input = tests.map { rule, count in "\(rule.zone)|\(rule.start)|\(rule.looselyBoundedRule)|\(count ?? 60)\n" }
      .joined()
    let lines = try run([try python(), "-c", dateutilScript], input: input).split(
      separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count == tests.count + 1)
    var withOccurrences = 0
    var stopped = 0
    for ((rule, count), line) in zip(tests, lines) {
      // With COUNT, ours ends by it alone and theirs by the horizon or the script's count.
      let text = count.map { (rule.parts + ["COUNT=\($0)"]).joined(separator: ";") } ?? rule.boundedRule
      let name = Comment(rawValue: "seed \(seed): \(text) from \(rule.start) \(rule.zone)")
      let set = try recurrence(text, rule.start.description, rule.zone)
      let horizon = set.zone.instant(of: rule.horizon)
      var theirs = line.split(separator: " ").compactMap { Int($0) }.map { Instant(secondsSinceEpoch: $0) }
        .filter { $0 <= horizon }
      var ours = Array(set.occurrences().lazy.map(\.at).prefix { $0 <= horizon }.prefix(60))
      for (previous, next) in zip(ours, ours.dropFirst()) where Int.random(in: 0..<4, using: &generator) == 0 {
        #expect(set.next(after: previous)?.at == next, name)
        #expect(set.next(after: next.adding(seconds: -1))?.at == next, name)
      }
      withOccurrences += theirs.isEmpty ? 0 : 1
      if line.last == "?" {
        stopped += 1
        ours = Array(ours.prefix(theirs.count))
      }
      if rule.usesWeekNumbers {
        // What one side loses moves the place where a list ends.
        let end = [ours, theirs].compactMap { $0.dropLast(12).last }.min() ?? Instant(secondsSinceEpoch: .min)
        let isJudged = { (at: Instant) in at <= end && rule.isJudged(set.zone.wallTime(at: at).date) }
        (ours, theirs) = (ours.filter(isJudged), theirs.filter(isJudged))
      }
      #expect(ours == theirs, name)
    }
    #expect(withOccurrences > ruleCount / 2, "most rules must occur, or little is compared")
    #expect(stopped < ruleCount / 10, "few rules may be left half compared")
  }
}
