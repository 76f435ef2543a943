import Foundation

/// Processes as `/proc` shows them.
enum Processes {
  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { self.parent(of: $0) == parent }
  }

  private static func parent(of process: Int32) -> Int32? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    // The name stands in parentheses and may hold anything.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 2 ? Int32(fields[2]) : nil
  }

  /// The variables that a process was started with.
  static func environment(of process: Int32) -> [String: String] {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/environ") else { return [:] }
    let pairs = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.compactMap { text in
      text.firstIndex(of: "=").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
