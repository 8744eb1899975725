// SPDX-License-Identifier: Apache-2.0
// A made-up county to try the service with: 25 township-level units of Dingzhou by their public codes, 486 invented villages and communities, and a site of each kind.
import { csvLine } from '../table/csv.js';

const city = '130682';
const units = ['001 南城区街道', '002 北城区街道', '003 西城区街道', '004 长安路街道', '100 留早镇', '101 清风店镇', '102 庞村镇', '103 砖路镇', '104 明月店镇', '105 叮咛店镇', '106 东亭镇', '107 大辛庄镇', '108 东旺镇',
  '109 高蓬镇', '110 邢邑镇', '111 李亲顾镇', '112 子位镇', '113 开元镇', '115 周村镇', '116 息冢镇', '203 东留春乡', '204 号头庄回族乡', '205 杨家庄乡', '206 大鹿庄乡', '208 西城乡'].map((unit) => unit.split(' '));
const leads = ['东', '西', '南', '北', '大', '小', '前', '后', '上', '下'];
const clans = ['王', '李', '张', '刘', '陈', '赵', '孟', '庞', '邢', '杜', '郝', '冯', '曹', '甄', '白', '齐'];
const kinds = ['家庄村', '村', '家营村', '家屯村', '家堡村', '各庄村'];
const blocks = ['和平', '新华', '民生', '清泉', '兴定', '中山', '文苑', '祥和', '永安', '福苑', '锦绣', '怡园'];
const homes = 486;

/** Rows of code, name, parent: each name once, so that a name names its division. @returns {string[][]} */
function divisions() {
  const rows = [[city, '定州市（演示）', ''], ...units.map(([code, name]) => [city + code, name, city])];
  for (let index = 0; index < homes; index += 1) {
    const unit = units[index % units.length], number = Math.floor(index / units.length), isCommunity = unit[0].startsWith('0');
    const place = index % units.length * 20 + number;   // below 500: one of the 960 names of villages, or one of its street's blocks
    const name = isCommunity ? `${unit[1].slice(0, 2)}${blocks[number % blocks.length]}${number >= blocks.length ? '新区' : ''}社区` : leads[place % 10] + clans[Math.floor(place / 10) % 16] + kinds[Math.floor(place / 160) % 6];
    rows.push([`${city}${unit[0]}${String(number + (isCommunity ? 1 : 200)).padStart(3, '0')}`, name, city + unit[0]]);
  }
  return rows;
}

export const demoDivisions = () => [['code', 'name', 'parent'], ...divisions()].map(csvLine).join('');

/** A gate for each township, and a site of each other kind in the first street. */
export function demoSites() {
  const gates = units.map(([code, name], index) => [`K${String(index + 1).padStart(2, '0')}`, `${name}卡口`, 'traffic', city + code]);
  const villages = divisions().filter(([code]) => code.length === 12 && code.endsWith('200')).map(([code, name], index) => [`V${String(index + 1).padStart(2, '0')}`, `${name}村口`, 'village', code]);
  const others = [['community', '和平小区东门'], ['enterprise', '河北演示机械有限公司'], ['clinic', '市医院发热门诊'], ['pharmacy', '仁和药店'], ['office', '市政务服务大厅'], ['shop', '国大商场'], ['school', '第三中学'], ['hotel', '迎宾馆'],
    ['isolation', '集中隔离点一号楼'], ['transit', '定州东站'], ['vehicle', '1 路公交'], ['other', '体育场']].map(([category, name], index) => [`S${String(index + 1).padStart(2, '0')}`, name, category, `${city}001`]);
  return [['ref', 'name', 'category', 'division'], ...gates, ...villages, ...others].map(csvLine).join('');
}
