// The page's behaviour, one module an idea. Pages work without any of it.
import "./toast.js";
import "./clock.js";
import "./swap.js";
import "./live.js";
import "./keys.js";
import "./batch.js";
import "./palette.js";
import "./dialog.js";
import "./output.js";
import "./source.js";
import "./chart.js";
