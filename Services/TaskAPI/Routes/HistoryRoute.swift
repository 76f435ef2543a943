import HTTP2Transport
import JSON
import TaskModel
import Tokens

/// `GET /api/v1/tasks/{id}/history`: what became of a task, the newest change first, as long as it is kept.
struct HistoryRoute: Sendable {
  private static let limits = 1...200
  private static let defaultLimit = 50
  /// Entries that one bulk get reads.
  private static let readAtOnce = 64

  let authenticator: Authenticator
  let tasks: TaskStore

  func add(to router: inout Router) {
    router.on(.get, "/api/v1/tasks/{id}/history") { request throws(Problem) in try await answer(request) }
  }

  private func answer(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    guard let id = UUID(request.parameters["id"])?.description else { throw .notFound }
    let values = try QueryValues(request, names: ["limit", "cursor"])
    let limit = try Self.limit(values["limit"])
    let before = try Self.version(before: values["cursor"])
    guard let task = try await tasks.read(id, owner: owner)?.stored.task, task.owner == owner, task.deletedAt == nil
    else { throw .notFound }
    let first = min(task.version, before - 1)
    let oldest = max(1, task.version - TaskStore.keptVersions + 1)
    let last = max(oldest, first - limit + 1)
    let items = first < last ? [] : try await entries(id, from: first, to: last)
    var writer = JSONWriter(capacity: items.reduce(64) { $0 + $1.count + 1 })
    writer.object {
      $0.key("items")
      $0.array { for item in items { $0.raw(item) } }
      $0.key("nextCursor")
      if last > oldest { $0.string(Self.cursor(before: last)) } else { $0.null() }
    }
    return .json(writer.bytes)
  }

  /// The entries of versions `first` down to `last`; one that is gone is passed over.
  private func entries(_ id: String, from first: Int, to last: Int) async throws(Problem) -> [[UInt8]] {
    let keys = stride(from: first, through: last, by: -1).map { TaskKeys.history(id, $0) }
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: keys.count, by: Self.readAtOnce) {
      let some = Array(keys[start..<min(start + Self.readAtOnce, keys.count)])
      let entries = try await tasks.entries(some)
      found += some.compactMap { entries[$0]?.value }
    }
    return found
  }

  private static func limit(_ text: String?) throws(Problem) -> Int {
    guard let text else { return defaultLimit }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text),
      limits.contains(limit)
    else { throw QueryValues.refusal("limit", "A whole number from 1 to \(limits.upperBound) is expected.") }
    return limit
  }

  private static func cursor(before version: Int) -> String { Base64.url.encode(Array("v\(version)".utf8)) }

  /// Above every version for a walk that begins.
  private static func version(before cursor: String?) throws(Problem) -> Int {
    guard let cursor else { return .max }
    guard let text = Base64.url.decode(cursor).map({ String(decoding: $0, as: UTF8.self) }), text.first == "v",
      let version = Int(text.dropFirst()), version > 1
    else { throw QueryValues.refusal("cursor", "This is no cursor of a history.") }
    return version
  }
}
