import TaskModel
import TaskQuery

/// Why a query that could be read gets no answer.
struct QueryRefusal: Error {
  let kind: QueryFailure.Kind
  var pointer = ""
  let detail: String

  static let unreadableToken = QueryRefusal(
    kind: .badQuery, pointer: "?after", detail: "This is no Consistency-Token.")
}

extension QueryFailure {
  init(_ error: any Error) {
    self.init()
    switch error {
    case let error as QueryError:
      kind = .badQuery
      pointer = error.pointer
      detail = error.detail
    case let refusal as QueryRefusal:
      kind = refusal.kind
      pointer = refusal.pointer
      detail = refusal.detail
    default:
      kind = .failed
      detail = "\(error)"
    }
  }
}
