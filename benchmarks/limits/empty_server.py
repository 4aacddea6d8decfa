"""The bare limit of an API: a FastAPI route that does nothing, and one that takes a JSON body."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/empty")
async def empty() -> dict[str, str]:
    """Answer."""
    return {"id": "01980000-0000-7000-8000-000000000000", "email": "ada@example.com", "name": "Ada"}


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, lifespan="off"
    )
