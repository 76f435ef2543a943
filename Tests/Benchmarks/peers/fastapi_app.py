"""The peer of `ops/bench api`: a task service of FastAPI and SQLite with FTS5.

Written as FastAPI's own pages advise (https://fastapi.tiangolo.com/tutorial/sql-databases/): SQLModel, `def` endpoints, a session
for each request by `Depends`, models of their own for what comes in and what goes out, started by `uvicorn --workers 2`.
A commit is as durable as one of Taskmesh's: WAL with synchronous = FULL.

    python fastapi_app.py DATABASE   makes the tables, before the workers start
    TASKS_DATABASE=DATABASE uvicorn fastapi_app:app --workers 2
"""

import os
import sys
from enum import Enum
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import NaiveDatetime
from sqlalchemy import JSON, Column, Index, column, event, func, table, text
from sqlmodel import Field, Session, SQLModel, create_engine, select


class Status(str, Enum):
    open = "open"
    done = "done"


class Priority(str, Enum):
    low = "low"
    medium = "medium"
    high = "high"


class TaskBase(SQLModel):
    title: str = Field(min_length=1, max_length=500)
    notes: str = Field(default="", max_length=65536)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON))
    priority: Priority | None = None
    due: NaiveDatetime | None = None
    status: Status = Status.open


class Task(TaskBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON))
    __table_args__ = (Index("task_status_priority_due", "status", "priority", "due"),)


class TaskCreate(TaskBase):
    pass


class TaskPublic(TaskBase):
    id: int


class TaskPage(SQLModel):
    items: list[TaskPublic]
    total: int


database = os.environ.get("TASKS_DATABASE") or (sys.argv[1] if len(sys.argv) > 1 else "tasks.sqlite")
engine = create_engine(f"sqlite:///{database}", connect_args={"check_same_thread": False})
words = table("task_words", column("rowid"))

SEARCH_TABLE = """
CREATE VIRTUAL TABLE task_words USING fts5(title, notes, tags, content='task', content_rowid='id');
CREATE TRIGGER task_inserted AFTER INSERT ON task BEGIN
  INSERT INTO task_words(rowid, title, notes, tags) VALUES (new.id, new.title, new.notes, new.tags);
END;
"""


@event.listens_for(engine, "connect")
def set_durability(connection, _):
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def get_session():
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
Limit = Annotated[int, Query(ge=1, le=200)]
app = FastAPI()


@app.post("/tasks", response_model=TaskPublic, status_code=201)
def create_task(task: TaskCreate, session: SessionDep):
    stored = Task.model_validate(task)
    session.add(stored)
    session.commit()
    session.refresh(stored)
    return stored


@app.post("/tasks/batch")
def create_tasks(tasks: list[TaskCreate], session: SessionDep) -> list[int]:
    stored = [Task.model_validate(task) for task in tasks]
    session.add_all(stored)
    session.flush()
    ids = [task.id for task in stored]
    session.commit()
    return ids


@app.get("/tasks/search", response_model=TaskPage)
def search_tasks(q: str, session: SessionDep, limit: Limit = 50):
    phrases = " ".join('"' + word.replace('"', '""') + '"' for word in q.split())
    matches = text("task_words MATCH :phrases").bindparams(phrases=phrases)
    found = select(Task).join(words, words.c.rowid == Task.id).where(matches)
    return TaskPage(
        items=session.exec(found.order_by(text("rank")).limit(limit)).all(),
        total=session.exec(select(func.count()).select_from(words).where(matches)).one(),
    )


@app.get("/tasks/{task_id}", response_model=TaskPublic)
def read_task(task_id: int, session: SessionDep):
    task = session.get(Task, task_id)
    if not task:
        raise HTTPException(status_code=404, detail="Task not found")
    return task


@app.get("/tasks", response_model=TaskPage)
def read_tasks(
    session: SessionDep, status: Status | None = None, priority: Priority | None = None, limit: Limit = 50
):
    conditions = []
    if status:
        conditions.append(Task.status == status)
    if priority:
        conditions.append(Task.priority == priority)
    found = select(Task).where(*conditions)
    return TaskPage(
        items=session.exec(found.order_by(Task.due, Task.id).limit(limit)).all(),
        total=session.exec(select(func.count()).select_from(Task).where(*conditions)).one(),
    )


if __name__ == "__main__":
    SQLModel.metadata.create_all(engine)
    connection = engine.raw_connection()
    connection.executescript(SEARCH_TABLE)
    connection.commit()
