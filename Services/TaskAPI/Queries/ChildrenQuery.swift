import HTTP2Transport
import JSON
import Recurrence
import TaskModel

/// Finds the children of tasks in the index.
struct ChildrenQuery: Sendable {
  struct Child: Sendable, Equatable {
    var id: String
    var parent: String
  }

  /// Parents that one query names.
  private static let parentsAtOnce = 50

  let index: IndexClient
  let now: @Sendable () -> Instant

  /// - Parameters:
  ///   - areDeleted: whether those in the trash are wanted, or those that are not.
  ///   - after: what the index must have come to.
  func callAsFunction(
    of parents: [String], owner: String, areDeleted: Bool, after: Consistency
  ) async throws(Problem) -> [Child] {
    var found: [Child] = []
    for start in stride(from: 0, to: parents.count, by: Self.parentsAtOnce) {
      var query = QueryRequest()
      query.owner = owner
      let ids = parents[start..<min(start + Self.parentsAtOnce, parents.count)].map { "\"\($0)\"" }
      query.filter = (areDeleted ? "deleted and " : "") + "parent in (" + ids.joined(separator: ", ") + ")"
      query.limit = ListParameters.limits.upperBound
      query.after = after
      query.partition = OwnerPartition.of(owner)
      query.deadlineMs = Int(IndexClient.patience / .milliseconds(1))
      query.nowMs = now().millisecondsSinceEpoch
      query.timeZone = "UTC"
      repeat {
        let page = try await index.query(query)
        found += page.items.compactMap(Self.child)
        query.cursor = page.nextCursor
      } while query.cursor != nil
    }
    return found
  }

  private static func child(_ item: [UInt8]) -> Child? {
    guard let item = try? JSONValue(parsing: item), let id = item["id"]?.string, let parent = item["parent"]?.string
    else { return nil }
    return Child(id: id, parent: parent)
  }
}
