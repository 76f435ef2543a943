import Foundation

/// A folder whose files close parts of a mesh that was started with it.
struct Faults {
  private let folder = NSTemporaryDirectory() + "faults-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  var environment: [String: String] { ["TASKMESH_FAULTS": folder] }

  func close(_ part: String) throws { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(part)")) }
  func open(_ part: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(part)") }
  func discard() { try? FileManager.default.removeItem(atPath: folder) }
}
