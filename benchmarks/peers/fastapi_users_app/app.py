"""fastapi-users as its own documentation sets it up; run by `benchmarks.peers.fastapi_users` in its own environment.

Arguments: the port, the database's URL, ``jwt`` or ``database``.
"""

import contextlib
import sys
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyAccessTokenDatabase, SQLAlchemyBaseAccessTokenTableUUID
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

PORT, URL, STRATEGY = int(sys.argv[1]), sys.argv[2], sys.argv[3]
SECRET = "a secret of the benchmark, long enough for HS256"


class Base(DeclarativeBase):
    """Of all tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """A user."""


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    """A token in the database."""


class UserRead(schemas.BaseUser[uuid.UUID]):
    """A user on the wire."""


class UserCreate(schemas.BaseUserCreate):
    """A new user."""


engine = create_async_engine(URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def _session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]


async def _users(session: Session) -> AsyncIterator[SQLAlchemyUserDatabase]:
    yield SQLAlchemyUserDatabase(session, User)


async def _tokens(session: Session) -> AsyncIterator[SQLAlchemyAccessTokenDatabase]:
    yield SQLAlchemyAccessTokenDatabase(session, AccessToken)


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    """Verifies passwords."""

    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


async def _manager(users: Annotated[SQLAlchemyUserDatabase, Depends(_users)]) -> AsyncIterator[UserManager]:
    yield UserManager(users)


def _jwt() -> JWTStrategy:
    return JWTStrategy(secret=SECRET, lifetime_seconds=3600)


def _database(tokens: Annotated[AccessTokenDatabase[AccessToken], Depends(_tokens)]) -> DatabaseStrategy:
    return DatabaseStrategy(tokens, lifetime_seconds=3600)


backend = AuthenticationBackend(
    name=STRATEGY,
    transport=BearerTransport(tokenUrl="auth/login"),
    get_strategy=_jwt if STRATEGY == "jwt" else _database,
)
fastapi_users = FastAPIUsers[User, uuid.UUID](_manager, [backend])


@contextlib.asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(lifespan=_lifespan)
app.include_router(fastapi_users.get_auth_router(backend), prefix="/auth")
app.include_router(fastapi_users.get_register_router(UserRead, UserCreate), prefix="/auth")


@app.get("/me")
async def me(user: Annotated[User, Depends(fastapi_users.current_user(active=True))]) -> UserRead:
    """Who asks."""
    return UserRead.model_validate(user)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, loop="uvloop", http="httptools", log_level="warning")
