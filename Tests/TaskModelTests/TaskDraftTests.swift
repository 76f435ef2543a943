import Recurrence
import TaskModel
import Testing

let rules = TaskRules(
  isKnownZone: { ["UTC", "Europe/Berlin"].contains($0) },
  ruleFault: { $0.contains("FREQ=") ? nil : "A rule needs FREQ." },
  foldCase: { $0.lowercased() })

private func draft(_ json: String) throws(TaskInputError) -> TaskItem {
  let bytes = Array(json.utf8)
  let draft = try TaskDraft(json: bytes.span, rules: rules)
  var count = 0
  let task = try draft.makeTask(
    id: "0195c2f1-7c3e-7a10-8f3e-0123456789ab", owner: "anna", createdAt: Instant(secondsSinceEpoch: 1_800_000_000),
    defaultTimeZone: "Europe/Berlin"
  ) {
    count += 1
    return "made-\(count)"
  }
  let faults = draft.patch.readOnlyFaults(against: task)
  guard faults.isEmpty else { throw .invalid(faults) }
  return task
}

private func faults(_ json: String) -> [String] {
  do {
    _ = try draft(json)
    return []
  } catch {
    switch error {
    case .notJSON(let fault): return ["400 " + fault.pointer]
    case .invalid(let faults): return faults.map(\.pointer)
    }
  }
}

@Suite("A task that a client asks for")
struct TaskDraftTests {
  @Test("a title is enough; everything else has its default")
  func defaults() throws {
    let task = try draft(#"{"title":"Tea"}"#)
    var expected = try bareTask()
    expected.createdAt = Instant(secondsSinceEpoch: 1_800_000_000)
    expected.updatedAt = expected.createdAt
    expected.timeZone = "Europe/Berlin"
    #expect(task == expected)
    let nulls =
      #"{"title":"Tea","notes":null,"status":null,"priority":null,"tags":null,"list":null,"parent":null,"due":null,"timeZone":null,"recurrence":null,"reminders":null,"dueAt":null,"seriesId":null,"occurrence":null,"completedAt":null,"deletedAt":null,"version":1.0}"#
    #expect(try draft(nulls) == expected)
  }

  @Test("every field is taken, texts trimmed and tags told apart without regard to case")
  func everything() throws {
    let task = try draft(
      #"""
      {"title":" Tea ","notes":"a\nb","status":"done","priority":"low","tags":[" Home ","home","HOME","x"],"list":" Work ",
      "parent":"0195C2F1-7c3e-7a10-8f3e-0123456789aa","due":"2028-02-29","timeZone":"UTC",
      "recurrence":{"rule":"RRULE:FREQ=DAILY\r\n\nrrule:FREQ=WEEKLY","rdates":["2027-01-01T10:00:00"],"exdates":["2027-01-02"],"anchor":"completion","catchUp":"all"},
      "reminders":[{"before":"PT30M"},{"id":"mine","at":"2027-03-14T08:30:00+01:00","missed":false},{"before":"-P1D","at":null}]}
      """#)
    #expect(task.title == " Tea " && task.notes == "a\nb" && task.status == .done && task.priority == .low)
    #expect(task.tags == ["Home", "x"] && task.list == "Work" && task.parent == "0195c2f1-7c3e-7a10-8f3e-0123456789aa")
    #expect(task.due == (try WallTime("2028-02-29")) && task.timeZone == "UTC")
    #expect(
      task.recurrence
        == TaskRecurrence(
          rule: "FREQ=DAILY\nFREQ=WEEKLY", rdates: [try WallTime("2027-01-01T10:00:00")],
          exdates: [try WallTime("2027-01-02")], anchor: .completion,
          catchUp: .all))
    #expect(
      task.reminders == [
        TaskReminder(id: "made-1", time: .before(try ISODuration("PT30M"))),
        TaskReminder(id: "mine", time: .at(try Instant("2027-03-14T07:30:00Z"))),
        TaskReminder(id: "made-2", time: .before(try ISODuration("-P1D"))),
      ])
    #expect(
      try draft(#"{"title":"t","due":"2027-01-01","recurrence":{"rule":"FREQ=DAILY"}}"#).recurrence
        == TaskRecurrence(rule: "FREQ=DAILY"))
  }

  @Test("bounds are met and not crossed")
  func bounds() {
    func text(_ count: Int, _ letter: String = "é") -> String { String(repeating: letter, count: count) }
    #expect(faults(#"{"title":"\#(text(500))"}"#) == [])
    #expect(faults(#"{"title":"\#(text(501))"}"#) == ["/title"])
    #expect(faults(#"{"title":"t","notes":"\#(text(32768))"}"#) == [])
    #expect(faults(#"{"title":"t","notes":"\#(text(32768))x"}"#) == ["/notes"])
    #expect(faults(#"{"title":"t","tags":["x"," \#(text(64)) "]}"#) == [])
    #expect(faults(#"{"title":"t","tags":["x","\#(text(65))"]}"#) == ["/tags/1"])
    let tags = (0..<50).map { "\"t\($0)\"" }.joined(separator: ",")
    #expect(faults(#"{"title":"t","tags":[\#(tags),"T7"]}"#) == [])
    #expect(faults(#"{"title":"t","tags":[\#(tags),"t50"]}"#) == ["/tags"])
    let reminders = Array(repeating: #"{"before":"PT0S"}"#, count: 20).joined(separator: ",")
    #expect(faults(#"{"title":"t","reminders":[\#(reminders)]}"#) == [])
    #expect(faults(#"{"title":"t","reminders":[\#(reminders),{"before":"PT0S"}]}"#) == ["/reminders"])
  }

  @Test(
    "each field against its rule is named by its pointer",
    arguments: [
      ("{}", ["/title"]), (#"{"title":null}"#, ["/title"]), (#"{"title":""}"#, ["/title"]),
      (#"{"title":1}"#, ["/title"]),
      (#"{"title":"a\u0007"}"#, ["/title"]), (#"{"title":"a\u0085"}"#, ["/title"]),
      (#"{"title":"t","notes":[]}"#, ["/notes"]),
      (#"{"title":"t","status":"later"}"#, ["/status"]), (#"{"title":"t","priority":"urgent"}"#, ["/priority"]),
      (#"{"title":"t","tags":"home"}"#, ["/tags"]),
      (#"{"title":"t","tags":["a",7,"  ",null]}"#, ["/tags/1", "/tags/2", "/tags/3"]),
      (#"{"title":"t","list":""}"#, ["/list"]), (#"{"title":"t","parent":"x"}"#, ["/parent"]),
      (#"{"title":"t","due":"2027-02-31"}"#, ["/due"]),
      (#"{"title":"t","due":"2027-02-01T24:00:00"}"#, ["/due"]),
      (#"{"title":"t","due":"2027-02-01T09:00:00Z"}"#, ["/due"]),
      (#"{"title":"t","timeZone":"Mars/Olympus"}"#, ["/timeZone"]),
      (#"{"title":"t","recurrence":{"rule":"FREQ=DAILY"}}"#, ["/due"]),
      (#"{"title":"t","due":"2027-02-01","recurrence":{}}"#, ["/recurrence/rule"]),
      (#"{"title":"t","due":"2027-02-01","recurrence":{"rule":"DAILY"}}"#, ["/recurrence/rule"]),
      (#"{"title":"t","due":"2027-02-01","recurrence":{"rule":"RRULE:"}}"#, ["/recurrence/rule"]),
      (#"{"title":"t","due":"2027-02-01","recurrence":[]}"#, ["/recurrence"]),
      (
        #"{"title":"t","due":"2027-02-01","recurrence":{"rule":null,"rdates":["x"],"exdates":1,"anchor":"x","catchUp":2,"until":3}}"#,
        [
          "/recurrence/rule", "/recurrence/rdates/0", "/recurrence/exdates", "/recurrence/anchor",
          "/recurrence/catchUp", "/recurrence/until",
        ]
      ),
      (
        #"{"title":"t","reminders":[{},{"before":"30M"},{"before":"PT1M","at":"2027-01-01T00:00:00Z"},{"at":"2027-01-01"},7]}"#,
        ["/reminders/0", "/reminders/1/before", "/reminders/2", "/reminders/3/at", "/reminders/4"]
      ),
      (
        #"{"title":"t","reminders":[{"id":"a","before":"PT1M"},{"id":"a","before":"PT2M","x":1}]}"#,
        ["/reminders/1/x", "/reminders/1/id"]
      ),
      (#"{"title":"t","a/b~":1,"owner":"x"}"#, ["/a~1b~0", "/owner"]), ("[]", ["", "/title"]),
      ("null", ["", "/title"]),
      (#"{"title":"t","version":2}"#, ["/version"]),
      (#"{"title":"t","createdAt":"2020-01-01T00:00:00Z"}"#, ["/createdAt"]),
      (#"{"title":"t","id":"0195c2f1-7c3e-7a10-8f3e-0123456789ac"}"#, ["/id"]),
    ])
  func faultsByPointer(_ json: String, _ pointers: [String]) {
    #expect(faults(json) == pointers)
  }

  @Test(
    "what is not JSON is told apart, by its pointer too",
    arguments: [
      (#"{"title":"t","#, "400 "), (#"{"title":"\ud800"}"#, "400 /title"),
      (#"{"title":"t","title":"u"}"#, "400 /title"),
      (#"{"title":7,"tags":["a",01]}"#, "400 /tags/1"), (#"{"title":"t","x":{"y":[1,{"z":1,"z":2}]}}"#, "400 /x/y/1/z"),
      ("", "400 "),
      (#"{"title":"t"} x"#, "400 "),
    ])
  func notJSON(_ json: String, _ pointer: String) {
    #expect(faults(json) == [pointer])
  }

  @Test("a body full of faults is answered with a bounded list")
  func manyFaults() {
    let tags = Array(repeating: "1", count: 100_000).joined(separator: ",")
    #expect(faults(#"{"title":"t","tags":[\#(tags)]}"#).count == 100)
  }
}
