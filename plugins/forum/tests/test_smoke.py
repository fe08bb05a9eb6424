def test_pages(forum, as_member, as_moderator, count_queries):
    t = forum.topic()
    for i in range(10):
        p = forum.reply(t)
    for c in (as_member, as_moderator):
        for u in ["", "?show=unread", "?show=mine", "?show=unanswered", "new", "agenda", f"topics/{t}", f"topics/{t}?view=threaded"]:
            with count_queries() as n:
                r = c.get(forum.url + u, headers={"Accept-Language": "en"})
            print(u, r.status_code, n.number, len(r.text))
            if n.number > 10:
                for s in n.statements: print("   ", " ".join(s.split())[:150])
            assert r.status_code == 200, r.text[-3000:]
    for u in ["sections", f"topics/{t}/decide", f"topics/{t}/move", f"topics/{t}/merge", f"topics/{t}/split", "agenda/new", f"posts/{p}/edit", "people?q=ф"]:
        r = as_moderator.get(forum.url + u)
        assert r.status_code == 200, (u, r.text[-3000:])
    r = as_moderator.get("/forum/unread")
    assert r.status_code == 200
    r = as_moderator.get("/c/maths")
    assert r.status_code == 200
