/**
 * Between the server's JSON, where bytes are base64, and what browsers take and give. By hand and
 * not with parseCreationOptionsFromJSON: Safari before 18.4 has none, and password managers answer
 * with credentials of their own that have no toJSON.
 */

export interface RequestOptions {
	readonly challenge: string;
	readonly timeout: number;
	readonly rpId: string;
	/** Credentials to choose from; none: whatever the device has for this server. */
	readonly known: readonly string[];
}

export interface CreationOptions {
	readonly challenge: string;
	readonly timeout: number;
	readonly rp: PublicKeyCredentialRpEntity;
	readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
	readonly pubKeyCredParams: PublicKeyCredentialParameters[];
	/** Credentials of the person: a device that has one of them makes no other. */
	readonly known: readonly string[];
}

export function toRequest(options: RequestOptions): PublicKeyCredentialRequestOptions {
	const { timeout, rpId } = options;
	return {
		challenge: bytes(options.challenge),
		timeout,
		rpId,
		allowCredentials: options.known.map(descriptor),
		userVerification: "required",
	};
}

export function toCreation(options: CreationOptions): PublicKeyCredentialCreationOptions {
	const { timeout, rp, pubKeyCredParams } = options;
	return {
		challenge: bytes(options.challenge),
		timeout,
		rp,
		user: { ...options.user, id: bytes(options.user.id) },
		pubKeyCredParams,
		excludeCredentials: options.known.map(descriptor),
		authenticatorSelection: {
			residentKey: "required",
			requireResidentKey: true,
			userVerification: "required",
		},
		attestation: "none",
	};
}

export function fromUse(credential: PublicKeyCredential): Record<string, string> {
	const response = credential.response as AuthenticatorAssertionResponse;
	return {
		id: base64(credential.rawId),
		clientData: base64(response.clientDataJSON),
		authenticatorData: base64(response.authenticatorData),
		signature: base64(response.signature),
		userHandle: base64(response.userHandle ?? new ArrayBuffer(0)),
	};
}

export function fromNew(credential: PublicKeyCredential): Record<string, string> {
	const response = credential.response as AuthenticatorAttestationResponse;
	return {
		id: base64(credential.rawId),
		clientData: base64(response.clientDataJSON),
		attestation: base64(response.attestationObject),
	};
}

function base64(buffer: ArrayBuffer): string {
	return btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function descriptor(id: string): PublicKeyCredentialDescriptor {
	return { type: "public-key", id: bytes(id) };
}
