import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { init } from 'echarts';

const fonts = [fileURLToPath(new URL('../../data/fonts/DejaVuSans.ttf', import.meta.url))];

/** Draws an ECharts option (plain data) as an SVG, without a browser. */
export function drawSvg(option: Readonly<Record<string, unknown>>, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** An SVG as PNG at twice its size, with the font that ships with the project, so that it looks the same everywhere. */
export function drawPng(svg: string, background: string): Uint8Array {
  const picture = new Resvg(svg, {
    background,
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  });
  return picture.render().asPng();
}
