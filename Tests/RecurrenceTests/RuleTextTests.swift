import Recurrence
import Testing

@Suite("The text of rules")
struct RuleTextTests {
  @Test(
    "A rule is written as it was read, its parts in one order",
    arguments: [
      ("FREQ=DAILY", "FREQ=DAILY"), ("RRULE:FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY"),
      ("rrule:freq=monthly;byday=-1fr,+2mo,TU", "FREQ=MONTHLY;BYDAY=-1FR,2MO,TU"),
      ("COUNT=3;BYMONTHDAY=-1,31;FREQ=MONTHLY;INTERVAL=2", "FREQ=MONTHLY;COUNT=3;INTERVAL=2;BYMONTHDAY=-1,31"),
      ("FREQ=WEEKLY;UNTIL=20271224T090000Z;WKST=SU", "FREQ=WEEKLY;UNTIL=20271224T090000Z;WKST=SU"),
      ("FREQ=WEEKLY;UNTIL=20271224T090000", "FREQ=WEEKLY;UNTIL=20271224T090000"),
      ("FREQ=YEARLY;UNTIL=20271224", "FREQ=YEARLY;UNTIL=20271224"),
      (
        "FREQ=YEARLY;BYSETPOS=-1;BYWEEKNO=53,-1;BYYEARDAY=-366;BYMONTH=12,1;BYHOUR=23;BYMINUTE=0,59;BYSECOND=60",
        "FREQ=YEARLY;BYSECOND=60;BYMINUTE=0,59;BYHOUR=23;BYYEARDAY=-366;BYWEEKNO=53,-1;BYMONTH=12,1;BYSETPOS=-1"
      ),
    ])
  func text(given: String, written: String) throws {
    let rule = try RecurrenceRule(given)
    #expect(rule.description == written)
    #expect(try RecurrenceRule(written) == rule)
  }

  @Test("Several rules stand one a line")
  func lines() throws {
    #expect(
      try RecurrenceRule.rules("FREQ=DAILY\r\nRRULE:FREQ=WEEKLY\n").map(\.description) == ["FREQ=DAILY", "FREQ=WEEKLY"])
    let error = #expect(throws: RecurrenceRuleError.self) {
      try RecurrenceRule.rules("FREQ=DAILY\nFREQ=WEEKLY;BYDAY=XX")
    }
    #expect(error?.offset == 29)
    #expect(throws: RecurrenceRuleError.self) { try RecurrenceRule("FREQ=DAILY\nFREQ=WEEKLY") }
    #expect(throws: RecurrenceRuleError.self) { try RecurrenceRule.rules(String(repeating: "FREQ=DAILY\n", count: 33)) }
    #expect(throws: RecurrenceRuleError.self) {
      try RecurrenceRule.rules("FREQ=DAILY;BYSECOND=" + String(repeating: "1,", count: 9000))
    }
  }

  @Test(
    "What cannot be followed is refused with its part and place",
    arguments: [
      ("", nil, 0), ("FREQ", nil, 0), ("FREQ=DAILY;", nil, 11), ("INTERVAL=2", nil, 0),
      ("FREQ=DAILY\n\nFREQ=DAILY", nil, 11),
      ("FREQ=FORTNIGHTLY", "FREQ", 5), ("FREQ=DAILY;FREQ=DAILY", "FREQ", 11), ("FREQ=DAILY;COLOUR=RED", nil, 11),
      ("FREQ=DAILY;INTERVAL=0", "INTERVAL", 20), ("FREQ=DAILY;INTERVAL=-1", "INTERVAL", 20),
      ("FREQ=DAILY;INTERVAL=9999999999", "INTERVAL", 20),
      ("FREQ=DAILY;COUNT=0", "COUNT", 17), ("FREQ=DAILY;COUNT=1000001", "COUNT", 17),
      ("FREQ=DAILY;COUNT=1;UNTIL=20270101", "UNTIL", 19),
      ("FREQ=DAILY;UNTIL=20270230", "UNTIL", 17), ("FREQ=DAILY;UNTIL=20270101T250000", "UNTIL", 26),
      ("FREQ=DAILY;UNTIL=20270101Z", "UNTIL", 17),
      ("FREQ=DAILY;UNTIL=2027-01-01", "UNTIL", 17), ("FREQ=WEEKLY;BYDAY=MO,,TU", "BYDAY", 21),
      ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY", 12),
      ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY", 19), ("FREQ=MONTHLY;BYDAY=54MO", "BYDAY", 19),
      ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "BYDAY", 23),
      ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY", 24), ("FREQ=MONTHLY;BYMONTHDAY=1,32", "BYMONTHDAY", 26),
      ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY", 12), ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY", 13),
      ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO", 13),
      ("FREQ=YEARLY;BYMONTH=13", "BYMONTH", 20), ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH", 20),
      ("FREQ=DAILY;BYHOUR=24", "BYHOUR", 18),
      ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS", 11), ("FREQ=DAILY;WKST=DI", "WKST", 16),
      ("RRULE:FREQ=DAILY;BYSECOND=61", "BYSECOND", 26),
      ("FREQ=MONTHLY;SKIP=FORWARD", "SKIP", 13), ("FREQ=DAILY;BYHOUR=１", "BYHOUR", 18),
    ] as [(String, String?, Int)])
  func refusals(text: String, part: String?, offset: Int) {
    let error = #expect(throws: RecurrenceRuleError.self) { try RecurrenceRule.rules(text) }
    #expect(error?.part == part, "\(error?.description ?? "")")
    #expect(error?.offset == offset, "\(error?.description ?? "")")
  }

  @Test("No text traps, and what is read is read again from its own text")
  func randomTexts() throws {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "FREQ=", "DAILY", "MONTHLY", ";", ";", "BYDAY=", "-1", "FR", ",", "COUNT=", "9", "0", "UNTIL=", "20270101", "T",
      "000000", "Z", "=", "\n",
      "BYSETPOS=", "RRULE:", "é", "\0", "-", "+", "1234567890123456789012",
    ]
    for _ in 0..<30_000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }.joined()
      guard let rules = try? RecurrenceRule.rules("FREQ=MONTHLY;" + text) else { continue }
      #expect(try RecurrenceRule.rules(rules.map(\.description).joined(separator: "\n")) == rules)
    }
  }
}
