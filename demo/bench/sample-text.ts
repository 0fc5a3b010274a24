// A text of our own to measure with, so that one click is enough. No model of this repository was trained on it.

/** English prose of about four hundred words. */
export const SAMPLE_TEXT = `The harbour wakes before the town does. At five the first lamps go on along the quay, and the women who sort the catch come down the hill with their collars up, talking about children and the price of coal. The boats are late today. A wind from the north has held them beyond the point, and the old man who keeps the light says that it will turn before noon, though nobody has asked him.

Anna waits by the third bollard with a basket on her arm. She is eleven and not supposed to be here. Her brother went out last night for the first time, on the smallest of the boats, and she has decided that he will come home only if somebody is looking. So she looks. She counts the gulls on the roof of the ice house, and then the windows of the hotel, and then the gulls again, because some of them have moved.

Terns are better fishers than gulls, her brother once told her. A gull takes what lies about, but a tern hangs in the air above one place, makes up its mind, and drops like a stone. It weighs less than an apple. Every autumn it leaves for the other end of the world, and every spring it finds its way back to the same few metres of sand. Nobody has shown it a map. She thought about this for several days, and then she asked how it carries so much knowledge in so small a head. He laughed and said that it probably leaves out everything that it does not need.

A little after nine the wind turns. The sea, which was grey and full of short white lines, becomes a darker colour and lies down. One by one the boats come round the point, low in the water, and the people on the quay stop talking and begin to work. Ropes are thrown and caught. Boxes go from hand to hand. Somebody puts a kettle on a stove in the shed, and soon the whole place smells of tea, tar and fish.

Her brother climbs the ladder last. He is wet to the shoulders and very pale, and he walks as if the stones were moving under him. When he sees the basket he looks inside it, finds bread and a piece of cheese, and sits down on the bollard without a word. She does not ask how it was. She stands beside him, and together they watch the birds.
`;
