"""Prints answers of the API in short. Called by ops/demo: the answer on stdin, what it is as first argument."""

import json
import sys


def problem(answer):
    if isinstance(answer, dict) and "status" in answer and "title" in answer and "detail" in answer:
        sys.exit(f"  {answer['status']} {answer['title']}: {answer['detail']}")
    return answer


def read():
    return problem(json.load(sys.stdin))


def line(task):
    mark = "x" if task["status"] == "done" else " "
    due = (task["due"] or "").replace("T", " ")
    extra = " ".join(
        filter(None, [task["priority"], " ".join("#" + tag for tag in task["tags"]),
                      task["recurrence"] and task["recurrence"]["rule"]]))
    return f"  [{mark}] {due:19}  {task['title']:44.44}  {task['list']}  {extra}".rstrip()


def imported():
    answer = read()
    print(f"  {answer['imported']} imported, {len(answer['rejected'])} rejected")
    for rejected in answer["rejected"]:
        print(f"    line {rejected['line']}: {rejected['detail']}")


def tasks():
    answer = read()
    for task in answer["items"]:
        print(line(task))
    print(f"  {answer['total']} in all")


def first_id():
    items = read()["items"]
    print(items[0]["id"] if items else sys.exit("  there is none"))


def task_id():
    print(read()["id"])


def counts(count):
    items = sorted(read()["items"], key=lambda item: -item["open"])[: int(count)]
    print("  " + "  ".join(f"{item['name']} {item['open']}+{item['done']}" for item in items) + "   (open+done)")


def completed():
    task = read()
    print(f"  done at {task['completedAt']}")


def events(kind):
    """The data of the stream's events of a kind."""
    name = None
    for text in sys.stdin:
        if text.startswith("event: "):
            name = text[7:].strip()
        elif text.startswith("data: ") and name == kind and text.endswith("\n"):
            yield json.loads(text[6:])


def following(source):
    for event in events("task"):
        task = event["task"]
        if task["seriesId"] == source and task["status"] == "open" and task["id"] != source:
            print("  the next one, made by recurrence-engine:")
            return print(line(task))
    sys.exit(1)


def reminder(task):
    for event in events("reminder"):
        if event["taskId"] == task:
            return print(f"  event: reminder  remindAt {event['remindAt']}  {event['title']}")
    sys.exit(1)


modes = {
    "imported": imported, "tasks": tasks, "id": first_id, "task-id": task_id, "counts": counts,
    "completed": completed, "next": following, "reminder": reminder,
}
modes[sys.argv[1]](*sys.argv[2:])
