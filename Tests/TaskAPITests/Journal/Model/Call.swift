import DaprClient

@testable import TaskAPI

/// A call to the store or the topic that is on its way.
struct Call {
  enum Request {
    case read([String])
    case save(StateOperation)
    case transaction([StateOperation])
    case publish([OutgoingEvent])
  }

  enum Answer {
    case entries([String: StateEntry])
    case outcome(TransactionOutcome)
    /// Of a publish: the indexes of those that were not.
    case notPublished([Int: String])
    /// No answer that says anything.
    case failed(DaprError)
  }

  let id: Int
  let replica: Int
  let request: Request
  /// nil when the caller has given up, or is dead.
  var continuation: CheckedContinuation<Answer, Never>?
  /// The answer of a call that has taken place and is not answered yet.
  var held: Answer?

  static let failure = DaprError(.failed, status: 500, message: "it went wrong")
  static let lost = DaprError(.lost, message: "the connection ended")
  static let mismatch = DaprError(.etagMismatch, status: 409, message: "possible etag mismatch")
  static let conflict = DaprError(.etagMismatch, status: 500, message: "possible etag mismatch")

  var isRead: Bool { if case .read = request { true } else { false } }
  var isTransaction: Bool { if case .transaction = request { true } else { false } }
  /// Empty for a publish.
  var keys: [String] {
    switch request {
    case .read(let keys): keys
    case .save(let operation): [operation.key]
    case .transaction(let operations): operations.map(\.key)
    case .publish: []
    }
  }
  /// Reads and writes of leases alone, of which most are a replica's watch over the others.
  var isOfLeases: Bool { !keys.isEmpty && keys.allSatisfy { $0.hasPrefix("journal/") && $0.count { $0 == "/" } == 1 } }
}

/// What an explorer can have happen next.
enum Action {
  /// The call takes place, unless it has, and its caller hears how it ended.
  case answer(Call)
  /// It takes place and its answer is a 500.
  case loseAnswer(Call)
  /// It does not take place; its answer is a 500.
  case drop(Call)
  /// It takes place twice, as daprd may do, and the second one's end is the answer.
  case runTwice(Call)
  /// Its caller hears that there is no answer; it may land later.
  case giveUp(Call)
  /// It takes place and is answered later.
  case hold(Call)
  /// A transaction is answered with a 400.
  case refuse(Call)
  /// A transaction never leaves the process.
  case notSent(Call)
  /// Of a bulk publish one half is published.
  case publishHalf(Call)
  /// A late call takes place.
  case land(Call)
  /// Nothing is answered before the next sleeper wakes.
  case advance
  case pause(Int)
  case wake(Int)
  case kill(Int)
  /// An orderly stop begins.
  case stop(Int)
  /// A caller goes away.
  case leave(Int)

  enum Kind: CaseIterable {
    case answer, loseAnswer, drop, runTwice, giveUp, hold, refuse, notSent, publishHalf, land, advance, pause, wake,
      kill, stop, leave
  }

  var kind: Kind {
    switch self {
    case .answer: .answer
    case .loseAnswer: .loseAnswer
    case .drop: .drop
    case .runTwice: .runTwice
    case .giveUp: .giveUp
    case .hold: .hold
    case .refuse: .refuse
    case .notSent: .notSent
    case .publishHalf: .publishHalf
    case .land: .land
    case .advance: .advance
    case .pause: .pause
    case .wake: .wake
    case .kill: .kill
    case .stop: .stop
    case .leave: .leave
    }
  }

  func text(in world: World) -> String {
    func name(_ replica: Int) -> String { world.replicas[replica].name }
    func text(_ call: Call) -> String { "\(name(call.replica)) \(call.text)" }
    return switch self {
    case .answer(let call): "\(text(call))\(call.held == nil ? "" : ", answered now")"
    case .loseAnswer(let call): "\(text(call)): its answer is lost"
    case .drop(let call): "\(text(call)): lost on its way"
    case .runTwice(let call): "\(text(call)): runs twice"
    case .giveUp(let call): "\(text(call)): no answer yet, given up"
    case .hold(let call): "\(text(call)): runs, its answer waits"
    case .refuse(let call): "\(text(call)): refused"
    case .notSent(let call): "\(text(call)): not sent"
    case .publishHalf(let call): "\(text(call)): one half of it"
    case .land(let call): "LATE \(text(call))"
    case .advance: "time passes"
    case .pause(let replica): "PAUSE \(name(replica))"
    case .wake(let replica): "WAKE \(name(replica))"
    case .kill(let replica): "KILL \(name(replica))"
    case .stop(let replica): "STOP \(name(replica))"
    case .leave(let caller): "a caller of \(name(world.callers[caller].replica)) leaves"
    }
  }
}

extension Call {
  fileprivate var text: String {
    switch request {
    case .read(let keys): "reads \(keys.joined(separator: " "))"
    case .save(let operation): "writes \(operation.text)"
    case .transaction(let operations): "transaction \(operations.map(\.text).joined(separator: " "))"
    case .publish(let events):
      "publishes \(events.map { String(decoding: $0.body, as: UTF8.self) }.joined(separator: ", "))"
    }
  }
}

extension StateOperation {
  fileprivate var text: String {
    guard case .upsert(let value) = action else { return "-\(key)" }
    if let slot = SlotRecord(value) { return "\(key)={\(slot.lease.prefix(4)) \(slot.number) \(slot.ids)}" }
    return "\(key)=\(String(decoding: value.prefix(24), as: UTF8.self))"
  }
}
