import Protobuf
import Recurrence
import SeededRandom
import TaskModel

/// Makes messages with random values in random fields.
struct RandomMessages {
  var generator: SplitMix

  mutating func all() -> [(type: String, message: any ProtobufMessage & Equatable)] {
    [
      ("TaskVersion", version()), ("Consistency", consistency()), ("QueryRequest", query()), ("QueryFailure", error()),
      ("QueryResponse", answer()),
      ("CountsRequest", countsRequest()), ("Count", count()), ("CountsResponse", countsResponse()),
      ("TaskRecurrence", recurrence()),
      ("Fault", TaskFault(text(), text())), ("CheckRequest", check()), ("CheckResponse", checkResponse()),
      ("PreviewRequest", preview()),
      ("PreviewResponse", previewResponse()), ("NextRequest", next()), ("NextResponse", nextResponse()),
      ("MakeNextRequest", makeNext()),
      ("MakeNextResponse", makeNextResponse()), ("KnownTask", knownTask()),
      ("PresentStateRequest", presentState()), ("TaskFinding", finding()),
      ("PresentStateResponse", presentStateResponse()),
    ]
  }

  private mutating func chance() -> Bool { .random(using: &generator) }

  private mutating func maybe<Value>(_ make: (inout RandomMessages) -> Value) -> Value? { chance() ? make(&self) : nil }

  private mutating func several<Value>(_ make: (inout RandomMessages) -> Value) -> [Value] {
    (0..<Int.random(in: 0...3, using: &generator)).map { _ in make(&self) }
  }

  private mutating func text() -> String {
    let length = [0, 1, 5, 127, 300].randomElement(using: &generator) ?? 0
    return String((0..<length).map { _ in "abé€😀\0\n ".randomElement(using: &generator) ?? "a" })
  }

  private mutating func number() -> Int {
    [0, 1, -1, 128, .max, .min, Int.random(in: .min ... .max, using: &generator)].randomElement(using: &generator) ?? 0
  }

  private mutating func wall() -> WallTime {
    let seconds = Int.random(in: -60_000_000_000...250_000_000_000, using: &generator)
    let time = WallTime(secondsSinceEpoch: seconds)
    return chance() ? time : time.dateOnly
  }

  private mutating func instant() -> Instant {
    Instant(
      secondsSinceEpoch: Int.random(in: -60_000_000_000...250_000_000_000, using: &generator),
      nanoseconds: [0, 5, 250_000_000].randomElement(using: &generator) ?? 0)
  }

  private mutating func version() -> TaskVersion {
    var message = TaskVersion()
    message.id = text()
    message.version = number()
    return message
  }

  private mutating func consistency() -> Consistency {
    var message = Consistency()
    message.tasks = several { $0.version() }
    message.marker = text()
    return message
  }

  private mutating func query() -> QueryRequest {
    var message = QueryRequest()
    message.owner = text()
    message.q = maybe { $0.text() }
    message.filter = maybe { $0.text() }
    message.sort = maybe { $0.text() }
    message.limit = number()
    message.cursor = maybe { $0.text() }
    message.after = maybe { $0.consistency() }
    message.partition = number()
    message.deadlineMs = number()
    message.nowMs = number()
    message.timeZone = text()
    message.typing = chance()
    message.number = number()
    message.isLast = chance()
    return message
  }

  private mutating func error() -> QueryFailure {
    var message = QueryFailure()
    message.kind = QueryFailure.Kind.allCases.randomElement(using: &generator) ?? .failed
    message.pointer = text()
    message.detail = text()
    return message
  }

  private mutating func answer() -> QueryResponse {
    var message = QueryResponse()
    message.items = several { Array($0.text().utf8) + [0xFF] }
    message.nextCursor = maybe { $0.text() }
    message.total = number()
    message.error = maybe { $0.error() }
    message.number = number()
    message.isLast = chance()
    return message
  }

  private mutating func countsRequest() -> CountsRequest {
    var message = CountsRequest()
    message.owner = text()
    message.column = CountsRequest.Column.allCases.randomElement(using: &generator) ?? .tag
    message.after = maybe { $0.consistency() }
    message.partition = number()
    message.deadlineMs = number()
    message.isLast = chance()
    return message
  }

  private mutating func count() -> Count {
    var message = Count()
    message.name = text()
    message.open = number()
    message.done = number()
    return message
  }

  private mutating func countsResponse() -> CountsResponse {
    var message = CountsResponse()
    message.counts = several { $0.count() }
    message.error = maybe { $0.error() }
    message.isLast = chance()
    return message
  }

  private mutating func recurrence() -> TaskRecurrence {
    TaskRecurrence(
      rule: text(), rdates: several { $0.wall() }, exdates: several { $0.wall() },
      anchor: TaskRecurrence.Anchor.allCases.randomElement(using: &generator) ?? .due,
      catchUp: TaskRecurrence.CatchUp.allCases.randomElement(using: &generator) ?? .next)
  }

  private mutating func check() -> CheckRequest {
    var message = CheckRequest()
    message.recurrence = maybe { $0.recurrence() }
    message.due = maybe { $0.wall() }
    message.timeZone = text()
    message.isLast = chance()
    return message
  }

  private mutating func checkResponse() -> CheckResponse {
    var message = CheckResponse()
    message.errors = several { TaskFault($0.text(), $0.text()) }
    message.isLast = chance()
    return message
  }

  private mutating func preview() -> PreviewRequest {
    var message = PreviewRequest()
    message.rule = text()
    message.start = maybe { $0.wall() }
    message.timeZone = text()
    message.count = number()
    message.isLast = chance()
    return message
  }

  private mutating func previewResponse() -> PreviewResponse {
    var message = PreviewResponse()
    message.occurrences = several {
      var occurrence = PreviewResponse.Occurrence()
      occurrence.at = $0.instant()
      occurrence.local = $0.wall()
      occurrence.offset = $0.number()
      return occurrence
    }
    message.warnings = several { $0.text() }
    message.errors = several { TaskFault($0.text(), $0.text()) }
    message.isLast = chance()
    return message
  }

  private mutating func next() -> NextRequest {
    var message = NextRequest()
    message.recurrence = maybe { $0.recurrence() }
    message.due = maybe { $0.wall() }
    message.timeZone = text()
    message.occurrence = maybe { $0.wall() }
    message.completedAt = maybe { $0.instant() }
    message.isLast = chance()
    return message
  }

  private mutating func nextResponse() -> NextResponse {
    var message = NextResponse()
    message.due = maybe { $0.wall() }
    message.errors = several { TaskFault($0.text(), $0.text()) }
    message.isLast = chance()
    return message
  }

  private mutating func makeNext() -> MakeNextRequest {
    var message = MakeNextRequest()
    message.owner = text()
    message.sourceID = text()
    message.completedAt = maybe { $0.instant() }
    message.due = maybe { $0.wall() }
    message.occurrence = maybe { $0.wall() }
    message.recurrence = maybe { $0.recurrence() }
    message.isLast = chance()
    return message
  }

  private mutating func makeNextResponse() -> MakeNextResponse {
    var message = MakeNextResponse()
    message.outcome = MakeNextResponse.Outcome.allCases.randomElement(using: &generator) ?? .made
    message.id = text()
    message.version = number()
    message.isLast = chance()
    return message
  }

  private mutating func knownTask() -> KnownTask {
    var message = KnownTask()
    message.id = text()
    message.owner = text()
    message.version = number()
    message.purge = chance()
    return message
  }

  private mutating func presentState() -> PresentStateRequest {
    var message = PresentStateRequest()
    message.tasks = several { $0.knownTask() }
    message.isLast = chance()
    return message
  }

  private mutating func finding() -> TaskFinding {
    TaskFinding(text(), TaskFinding.Outcome.allCases.randomElement(using: &generator) ?? .failed)
  }

  private mutating func presentStateResponse() -> PresentStateResponse {
    var message = PresentStateResponse()
    message.findings = several { $0.finding() }
    message.isLast = chance()
    return message
  }
}
