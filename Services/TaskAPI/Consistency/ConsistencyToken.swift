import HTTP2Transport
import Protobuf
import TaskModel
import Tokens

/// What a `Consistency-Token` says: which writes a list that carries it includes. For clients it is opaque: base64url of a
/// hash of the owner and of the message ``Consistency``.
struct ConsistencyToken: Sendable, Equatable {
  /// More writes than these are covered by a marker.
  static let maximumTasks = 8
  private static let hashLength = 8

  let owner: String
  let consistency: Consistency

  init(owner: String, tasks: [TaskVersion]) {
    self.owner = owner
    var consistency = Consistency()
    consistency.tasks = tasks
    self.consistency = consistency
  }

  init(owner: String, marker: String) {
    self.owner = owner
    var consistency = Consistency()
    consistency.marker = marker
    self.consistency = consistency
  }

  var text: String { Base64.url.encode(Self.hash(owner) + consistency.protobuf) }

  /// Reads a token that `owner` has sent.
  init(_ text: String, owner: String) throws(Problem) {
    guard let bytes = Base64.url.decode(text), bytes.count > Self.hashLength,
      let consistency = try? Consistency(protobuf: bytes.span.extracting(droppingFirst: Self.hashLength)),
      Self.isProper(consistency)
    else { throw Self.refusal("This is no Consistency-Token.") }
    guard Array(bytes.prefix(Self.hashLength)) == Self.hash(owner) else {
      throw Self.refusal("This Consistency-Token was given to another owner.")
    }
    self.owner = owner
    self.consistency = consistency
  }

  private static func hash(_ owner: String) -> [UInt8] {
    Array(Digest.sha256(Array(owner.utf8)).prefix(hashLength))
  }

  /// Either a marker or one to eight versions, as we write them.
  private static func isProper(_ consistency: Consistency) -> Bool {
    if !consistency.marker.isEmpty { return consistency.tasks.isEmpty && UUID(consistency.marker) != nil }
    return (1...maximumTasks).contains(consistency.tasks.count)
      && consistency.tasks.allSatisfy { UUID($0.id) != nil && $0.version > 0 }
  }

  private static func refusal(_ detail: String) -> Problem {
    Problem(400, "The parameter after cannot be read.", errors: [.init(pointer: "?after", detail: detail)])
  }
}

extension TaskVersion {
  init(of task: TaskItem) {
    self.init()
    id = task.id
    version = task.version
  }
}
