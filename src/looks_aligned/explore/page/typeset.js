// Formulas from TeX to pictures, once, when the book is built. Run by Node with MathJax's folder as argument: it reads
// [[tex, display], …] and prints {style, drawn}. Each drawing carries MathML too, for those who listen to the page.

const formulas = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
const load = ["adaptors/liteDOM", "input/tex-full", "output/svg", "a11y/assistive-mml"];
require(process.argv[2])
  .init({ loader: { load }, svg: { fontCache: "none" }, startup: { typeset: false } })
  .then(({ startup, svgStylesheet, tex2svg }) => {
    const { adaptor } = startup;
    const drawn = formulas.map(([tex, display]) => adaptor.outerHTML(tex2svg(tex, { display })));
    console.log(JSON.stringify({ style: adaptor.textContent(svgStylesheet()), drawn }));
  });
