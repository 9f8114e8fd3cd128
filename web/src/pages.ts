/** Entry of the server-rendered pages: no script of theirs, only the house's stylesheet. */
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/pages.css";
