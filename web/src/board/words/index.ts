/** Words of whiteboards in the language of the page. */
import { computed } from "@preact/signals";
import { language } from "../../i18n";
import { en } from "./en";
import { nl } from "./nl";

export const boardWords = computed(() => ({ en, nl })[language.value]);
