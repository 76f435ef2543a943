import HTTP2Transport
import TaskModel

/// What an import is to do, known before anything is written.
struct ImportPlan: Sendable {
  /// Of one file.
  static let maximumTasks = 50_000
  /// A file with more of them is of another kind than its Content-Type says.
  static let maximumRejected = 10_000

  struct Item: Sendable {
    let line: Int
    let operation: BatchOperation
  }

  let items: [Item]
  let rejected: [RejectedLine]

  init(_ file: ImportedFile, owner: String, rules: TaskRules, zones: ImportZones) throws(Problem) {
    guard file.tasks.count <= Self.maximumTasks else {
      throw Problem(413, "An import has at most \(Self.maximumTasks) tasks, not \(file.tasks.count).")
    }
    var items: [Item] = []
    var rejected = file.rejected
    for task in file.tasks {
      do throws(RejectedLine) {
        let change = try TaskImport(task, owner: owner, rules: rules, zones: zones)
        items.append(
          Item(line: task.line, operation: BatchOperation(change: .take(change), id: change.id, status: 200)))
      } catch { rejected.append(error) }
    }
    guard rejected.count <= Self.maximumRejected else {
      throw Problem(
        422, "More than \(Self.maximumRejected) lines cannot be read. Is the Content-Type that of the file?",
        errors: rejected.prefix(10).map { .init(pointer: "line \($0.line)", detail: $0.detail) })
    }
    self.items = items
    self.rejected = rejected
  }
}

/// The formats that an import takes.
enum ImportFormat: Sendable {
  case iCalendar
  case todoTxt

  init(_ request: HTTPRequest) throws(Problem) {
    switch (request.headers["content-type"] ?? "").prefix(while: { $0 != ";" }).lowercased().filter({ $0 != " " }) {
    case "text/calendar": self = .iCalendar
    case "text/plain", "text/x-todotxt": self = .todoTxt
    default: throw Problem(415, "An import is text/calendar (iCalendar), or text/plain or text/x-todotxt (todo.txt).")
    }
  }

  func read(_ bytes: [UInt8], _ zones: ImportZones) -> ImportedFile {
    switch self {
    case .iCalendar: ICalendar.read(bytes, zones)
    case .todoTxt: TodoTxt.read(bytes)
    }
  }
}
