import Recurrence

/// Reads todo.txt (<https://github.com/todotxt/todo.txt>): one task a line.
enum TodoTxt {
  static func read(_ bytes: [UInt8]) -> ImportedFile {
    var file = ImportedFile()
    for (index, octets) in TextLines(bytes).enumerated() {
      guard let text = String(validating: octets, as: UTF8.self) else {
        file.rejected.append(RejectedLine(line: index + 1, detail: "The line is not UTF-8."))
        continue
      }
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      do throws(RejectedLine) { file.tasks.append(try task(text, line: index + 1)) } catch {
        file.rejected.append(error)
      }
    }
    return file
  }

  private static func task(_ text: String, line: Int) throws(RejectedLine) -> ImportedTask {
    var task = ImportedTask(line: line)
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    if words.first == "x" {
      task.isDone = true
      words = words.dropFirst()
      task.completedAt = try takeDate(&words, line)
      if task.completedAt != nil { task.createdAt = try takeDate(&words, line) }
    }
    if let word = words.first, let letter = priorityLetter(word) {
      task.priority = priority(letter)
      words = words.dropFirst()
      if task.createdAt == nil { task.createdAt = try takeDate(&words, line) }
    } else if !task.isDone {
      task.createdAt = try takeDate(&words, line)
    }
    var title: [Substring] = []
    for word in words {
      if try !take(word, into: &task, line) { title.append(word) }
    }
    task.title = title.joined(separator: " ")
    if task.title.isEmpty { throw RejectedLine(line: line, detail: "The line has no title.") }
    return task
  }

  /// Takes a word that says something of the task; false when it is of the title.
  private static func take(_ word: Substring, into task: inout ImportedTask, _ line: Int) throws(RejectedLine) -> Bool {
    if word.hasPrefix("@") || word.hasPrefix("+"), word.count > 1 {
      task.tags.append(String(word.dropFirst()))
      return true
    }
    if word.hasPrefix("due:"), word.count > 4 {
      let text = String(word.dropFirst(4))
      do { task.due = .wall(try WallTime(text), zone: nil) } catch {
        throw RejectedLine(line: line, detail: "`\(word)` is no date: \(error.reason).")
      }
      return true
    }
    if word.hasPrefix("pri:"), word.count == 5, let letter = word.last, letter.isPriorityLetter {
      task.priority = priority(letter)
      return true
    }
    return false
  }

  /// A leading date; a word that looks like one and is none rejects the line.
  private static func takeDate(
    _ words: inout ArraySlice<Substring>, _ line: Int
  ) throws(RejectedLine) -> ImportedTask.Moment? {
    guard let word = words.first, looksLikeDate(word) else { return nil }
    words = words.dropFirst()
    do { return .wall(WallTime(date: try CivilDate(String(word))), zone: nil) } catch {
      throw RejectedLine(line: line, detail: "`\(word)` is no date: \(error.reason).")
    }
  }

  private static func looksLikeDate(_ word: Substring) -> Bool {
    let octets = Array(word.utf8)
    return octets.count == 10
      && octets.enumerated().allSatisfy { index, octet in
        index == 4 || index == 7 ? octet == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
      }
  }

  private static func priorityLetter(_ word: Substring) -> Character? {
    guard word.count == 3, word.hasPrefix("("), word.hasSuffix(")"), let letter = word.dropFirst().first,
      letter.isPriorityLetter
    else { return nil }
    return letter
  }

  private static func priority(_ letter: Character) -> ImportedTask.Priority {
    switch letter {
    case "A": .high
    case "B": .medium
    default: .low
    }
  }
}

extension Character {
  fileprivate var isPriorityLetter: Bool { ("A"..."Z").contains(self) }
}
