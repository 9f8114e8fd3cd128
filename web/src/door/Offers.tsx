/** Sound and notifications, where the browser wants to be asked first. */
import { Button } from "../ui/Button";
import { answerSound, askPermission, type CardModel, putAwayOffer } from "./model";
import { words } from "./words";

export function Offers({ model }: { readonly model: CardModel }) {
	return (
		<>
			{model.soundBlocked.value && <SoundOffer model={model} />}
			<NotificationOffer model={model} />
		</>
	);
}

function SoundOffer({ model }: { readonly model: CardModel }) {
	const w = words.value;
	return (
		<div class="door-offer">
			<p class="door-why">{w.soundOff}</p>
			<div class="door-offer-buttons">
				<Button size="small" icon="sound" onClick={() => answerSound(model, true)}>
					{w.soundOn}
				</Button>
				<Button size="small" kind="quiet" onClick={() => answerSound(model, false)}>
					{w.notNow}
				</Button>
			</div>
		</div>
	);
}

function NotificationOffer({ model }: { readonly model: CardModel }) {
	const w = words.value;
	const offer = model.offer.value;
	const permission = model.permission.value;
	if (offer === "asked" && permission === "denied")
		return <p class="door-offer">{w.notifyDenied}</p>;
	if (offer !== "offered" || permission !== "default") return null;
	return (
		<div class="door-offer">
			<p class="door-why">{w.notifyHow}</p>
			<div class="door-offer-buttons">
				<Button size="small" onClick={() => void askPermission(model)}>
					{w.notify}
				</Button>
				<Button size="small" kind="quiet" onClick={() => putAwayOffer(model)}>
					{w.notNow}
				</Button>
			</div>
		</div>
	);
}
