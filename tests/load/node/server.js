// The smallest room that Node's socket.io makes: what one says goes to all, and is acknowledged.
// Nothing is stored and nobody's right is looked at.

const { Server } = require("socket.io");

const io = new Server(Number(process.argv[2]), { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("join", (facts, answer) => {
    socket.join("room");
    answer({});
  });
  socket.on("say", (facts, answer) => {
    io.to("room").emit("line", { text: facts.text, by: facts.mark });
    answer({ number: 1 });
  });
});
